/**
 * What was said in a conversation, as far as it is known here. Answers overtake each other and come twice: every message
 * stands here once, in its place, as it was last. No requests, no DOM.
 *
 * @typedef {{messages: object[], previousCursor: string|null, rev: number, isLoaded: boolean}} History `rev`: up to which
 *   count of what the customer sees (`messagesRev`) nothing can be missing
 */

/** @returns {History} */
export const newHistory = () => ({ messages: [], previousCursor: null, rev: 0, isLoaded: false });

/** The newest page, which begins a history; what was said here while it was on its way follows it. @param {History} history */
export function begin(history, { conversation, messages, previousCursor }) {
  const said = history.messages;
  Object.assign(history, { messages, previousCursor, rev: conversation.messagesRev, isLoaded: true });
  place(history, said.filter(isKnownPart(history)));
}

/** A page of what is older. */
export function extend(history, { messages, previousCursor }) {
  place(history, messages);
  history.previousCursor = previousCursor;
}

/** What changed after `history.rev`. @returns {object[]} messages that are new here */
export function change(history, { conversation, messages, hasMore }) {
  const fresh = place(history, messages.filter(isKnownPart(history)));
  history.rev = Math.max(history.rev, hasMore ? messages.at(-1).rev : conversation.messagesRev);
  return fresh;
}

/** What an answer to something of ours brought along. @returns {object[]} messages that are new here */
export function put(history, messages) {
  const fresh = place(history, messages.filter(isKnownPart(history)));
  // As far as they follow on what is known; else the next pull brings what lies between.
  const revs = new Set(messages.map(({ rev }) => rev));
  while (revs.has(history.rev + 1)) history.rev += 1;
  return fresh;
}

/** What is further up than all that was loaded comes when somebody scrolls there. */
function isKnownPart({ messages, previousCursor }) {
  const first = previousCursor === null ? 0 : Number(messages[0]?.cursor ?? 0);
  return ({ cursor }) => Number(cursor) >= first;
}

function place(history, messages) {
  const known = new Map(history.messages.map((one) => [one.id, one]));
  const fresh = messages.filter(({ id }) => !known.has(id));
  messages.forEach((one) => known.get(one.id)?.rev > one.rev || known.set(one.id, one));
  history.messages = [...known.values()].sort((one, other) => one.cursor - other.cursor);
  return fresh;
}
