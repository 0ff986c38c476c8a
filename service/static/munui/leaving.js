/**
 * A member leaves, and somebody else may sit down at this browser: what was written and has not reached the service goes.
 * A guest's stays, with an account or without, as their chat does. Not here: what the chat shows then (chat.js).
 */

import { Tabs } from "./elsewhere.js";
import { subjectOf } from "./session.js";
import { Shelf } from "./storage.js";

/** What members typed in this tab and did not send, but that of who is here now. @param {string|null} [member] */
export function forgetDrafts(member = null) {
  const drafts = new Shelf("sessionStorage", "draft");
  const visits = new Shelf("localStorage", "visit").all().map(({ accessToken }) => subjectOf(accessToken));
  const staying = ["guest", member, ...visits].map((identity) => `${identity}.`);
  for (const key of drafts.keys()) if (!staying.some((start) => key.startsWith(start))) drafts.remove(key);
}

/** Who members are that have used the inbox in this browser, where what they write lies under the operator's id. */
export const operators = () => new Shelf("localStorage", "operator");

/** On a page of the service, be it the inbox or one that may have no chat. @param {string} member whose cookie session ends */
export function leave(member) {
  forgetDrafts();
  const operator = operators().get(member);
  for (const name of [`outbox.${member}`, `inbox.drafts.${operator}`, `inbox.outbox.${operator}`])
    new Shelf("localStorage", name).clear();
  const tabs = new Tabs(location.origin);
  tabs.identity = member;
  tabs.tell("left");
  tabs.close();
}
