/**
 * What stands in a conversation's log, in order, as plain data: days, messages, what is being sent, the quick replies.
 * Belongs here: which of them there are. Not here: elements (log-view.js, message-view.js).
 */

import { dayOf } from "./time.js";

const TOGETHER = 3 * 60_000;

/**
 * @param {object[]} messages @param {import("../outbox.js").Entry[]} unsent @param {boolean} isCompleted @param {boolean} isTyping
 * @returns {object[]} items with a `key` of their own and a `mark` that changes when they have to be made anew
 */
export function timeline(messages, unsent, isCompleted, isTyping) {
  const sent = new Set(messages.filter((one) => one.role === "user").map((one) => one.clientMessageId));
  const pending = unsent.filter((entry) => !sent.has(entry.clientMessageId));
  const taken = new Set(pending.map((entry) => entry.event.messageId));
  const shown = [...messages.filter(isShown), ...pending.map(asMessage)];
  const items = [];
  shown.forEach((message, index) => {
    if (index === 0 || dayOf(shown[index - 1].createdAt) !== dayOf(message.createdAt)) items.push({ key: `day ${dayOf(message.createdAt)}`, mark: "", type: "day", at: message.createdAt });
    items.push(item(message, shown[index - 1], shown[index + 1], isCompleted, taken));
  });
  if (isTyping) items.push({ key: "typing", mark: "", type: "typing" });
  const chips = !isCompleted && openChips(messages, taken);
  if (chips) items.push({ key: `chips ${chips.id}`, mark: "", type: "chips", message: chips });
  return items;
}

/** Chips without a sentence of their own are buttons only. */
const isShown = (message) => message.kind !== "chips" || Boolean(message.content);

/** Of several unanswered chips the last ones. */
const openChips = (messages, taken) => messages.findLast((one) => one.kind === "chips" && !one.answeredAt && !taken.has(one.id));

const asMessage = (entry) => ({
  role: "user", kind: "text", content: entry.shown, clientMessageId: entry.clientMessageId,
  createdAt: new Date(entry.at).toISOString(), entry,
});

function item(message, before, after, isCompleted, taken) {
  const form = message.kind === "form" ? (message.answeredAt ? "answered" : isCompleted ? "locked" : "open") : "";
  return {
    key: message.role === "user" ? `user ${message.clientMessageId}` : message.id,
    mark: form, type: "message", message, form,
    isFirst: !isTogether(before, message), isLast: !isTogether(message, after), isTaken: taken.has(message.id),
  };
}

function isTogether(one, next) {
  return Boolean(one && next) && one.role === next.role && one.kind !== "notice" && next.kind !== "notice"
    && new Date(next.createdAt) - new Date(one.createdAt) < TOGETHER && dayOf(one.createdAt) === dayOf(next.createdAt);
}
