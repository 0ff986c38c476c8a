/** What stands in the log of a conversation, and in which order. Pure; how it looks stands in log.js. */

import { dayOf } from "./dom.js";

/** Messages of one voice within so many milliseconds stand together. */
const TOGETHER = 180_000;

/**
 * What stands in the log, as plain data.
 * @param {object[]} messages @param {import("../delivery.js").Entry[]} unsent @param {{isCompleted?: boolean, isWithPeople?: boolean, typing?: string|null}} state `typing`: who, or "looking": an answer is being looked for
 * @returns {{key: string, mark: string, type: string}[]}
 */
export function timeline(messages, unsent, { isCompleted, isWithPeople, typing }) {
  const pending = unsent.filter(
    ({ clientMessageId }) => !messages.some((one) => one.role === "user" && one.clientMessageId === clientMessageId),
  );
  const isTaken = ({ id }) => pending.some((entry) => entry.event.messageId === id);
  const sending = pending.map((entry) => ({
    role: "user",
    kind: "text",
    content: entry.shown,
    clientMessageId: entry.clientMessageId,
    createdAt: entry.at,
    entry,
  }));
  // Chips without a sentence of their own are buttons only.
  const all = [...messages.filter((one) => one.kind !== "chips" || one.content), ...sending];
  const items = [];
  all.forEach((message, index) => {
    const at = message.createdAt;
    if (!isSameDay(all[index - 1], message)) items.push({ key: dayOf(at), type: "day", at, isLive: true });
    items.push({
      key: message.role === "user" ? message.clientMessageId : message.id,
      type: "message",
      message,
      mark: message.answeredAt && message.kind,
      isFirst: !isTogether(all[index - 1], message),
      isLast: !isTogether(message, all[index + 1]),
      isTaken: isTaken(message),
      isLocked: isCompleted,
      isLive: Boolean(message.entry) || message.kind === "form",
    });
  });
  if (typing) items.push({ key: `typing ${typing}`, type: "typing", who: typing });
  // Of several unanswered chips the last ones; among people's words only those that were said last.
  const isOpen = (one) => one?.kind === "chips" && !one.answeredAt && !isTaken(one);
  const chips = isWithPeople ? [messages.at(-1)].find(isOpen) : messages.findLast(isOpen);
  if (chips && !isCompleted) items.push({ key: `chips ${chips.id}`, type: "chips", message: chips });
  return items;
}

const days = new WeakMap();

function isSameDay(...two) {
  const [one, other] = two.map((message) => {
    if (message && !days.has(message)) days.set(message, dayOf(message.createdAt));
    return days.get(message);
  });
  return one === other;
}

const isTogether = (one, next) =>
  one?.role === next?.role &&
  one.author?.name === next.author?.name &&
  [one.kind, next.kind].every((kind) => kind !== "notice") &&
  new Date(next.createdAt) - new Date(one.createdAt) < TOGETHER &&
  isSameDay(one, next);
