/** A guest's conversation as this browser keeps it: its messages in their places, and how it looks outside. Pure. */

import { refuse } from "../errors.js";

/** Gives messages their place. */
export function append(kept, messages, now) {
  const placed = messages.map((message, index) => ({ ...message, cursor: String(kept.messages.length + index + 1) }));
  kept.messages.push(...placed);
  kept.updatedAt = now;
  return placed;
}

export function replay(kept, known, event) {
  const { answered, ...happened } = known.event;
  if (JSON.stringify(happened) !== JSON.stringify(event)) refuse("idempotency_conflict", 409);
  const from = kept.messages.findIndex((one) => one.id === known.clientMessageId);
  const next = kept.messages.findIndex((one, index) => index > from && one.role === "user");
  const messages = kept.messages.slice(from, next < 0 ? undefined : next);
  const updated = kept.messages.filter((one) => one.id === messages[0].inReplyTo);
  return {
    conversation: outside(kept),
    messages: messages.map(bare),
    updatedMessages: updated.map(bare),
    replayed: true,
  };
}

/** What the service tells of people; in a browser there are none. */
const ALONE = { handling: "bot", channel: "web", rev: 0, agent: null, ratingAsked: false };

export const bare = ({ step, ...message }) => ({ author: null, status: null, rev: 0, ...message });

export const unreadOf = ({ messages, readSeq }) =>
  Math.min(100, messages.slice(readSeq).filter((one) => one.role === "bot").length);

/** What it is about, as the service has it for members: the subject of the last inquiry, or else what was said first. */
function titleOf({ messages }) {
  const inquiry = messages.findLast(({ answer }) => answer?.values?.title);
  return inquiry?.answer.values.title ?? messages.find(({ role }) => role === "user")?.content ?? null;
}

export const outside = (kept) => ({
  id: kept.id,
  clientConversationId: kept.id,
  status: kept.status,
  ...ALONE,
  createdAt: kept.createdAt,
  title: titleOf(kept),
  unreadCount: unreadOf(kept),
  lastReadAt: kept.lastReadAt,
  lastMessage: bare(kept.messages.at(-1)),
});

/** To a member: neither unread nor going on. */
export const asLeft = (kept) => ({ ...outside(kept), status: "left", unreadCount: 0 });

export function isConversation({ id, status, flowVersion, updatedAt, state, events, messages, readSeq }, key) {
  return (
    id === key &&
    flowVersion &&
    updatedAt &&
    ["open", "completed"].includes(status) &&
    state &&
    readSeq >= 0 &&
    events.every((one) => one.event.type && one.clientMessageId) &&
    messages.length &&
    messages.every(
      (one) =>
        one.id && one.role && one.createdAt && (one.content || one.payload.chips?.length || one.payload.fields.length),
    )
  );
}
