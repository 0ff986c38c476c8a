/** What stands in the log of a conversation, and in which order: messages, notes, what happened, what is not sent yet. Pure. */

/** Messages of one voice within so many milliseconds stand together. */
const TOGETHER = 180_000;
/** How far a message got stands beside it; why it failed is told. */
const isSaidBeside = ({ type, data }) => type === "message.status_changed" && data.status !== "failed";
/** What is seen otherwise. */
const SILENT = new Set(["message.created", "note.created", "note.edited"]);

/**
 * @param {import("./conversation.js").Conversation} conversation @param {import("./outbox.js").Entry[]} unsent
 * @returns {{key: string, type: "day"|"message"|"note"|"activity"|"unsent", at: string|number}[]}
 */
export function timeline({ messages, notes, activities, history }, unsent) {
  // What lies before the part that is known comes with it.
  const since = history.previousCursor === null ? "" : (messages[0]?.createdAt ?? "");
  const sent = new Set([...messages.map((one) => one.clientMessageId), ...notes.map((one) => one.clientNoteId)]);
  const beside = [
    ...notes.map((note) => ({ key: `note ${note.id}`, type: "note", at: note.createdAt, note })),
    ...activities
      .filter((one) => !SILENT.has(one.type) && !isSaidBeside(one))
      .map((activity) => ({ key: `activity ${activity.id}`, type: "activity", at: activity.createdAt, activity })),
  ].filter(({ at }) => at >= since);
  const said = messages.map((message) => ({ key: message.id, type: "message", at: message.createdAt, message }));
  const waiting = unsent
    .filter(({ id }) => !sent.has(id))
    .map((entry) => ({ key: `unsent ${entry.id}`, type: "unsent", at: entry.at, entry }));
  return withDays(together([...merged(said, beside.sort(byTime)), ...waiting]));
}

/** Messages keep their order, whatever their clock said; the others go in between by time. */
function merged(said, beside) {
  const items = [];
  let at = 0;
  for (const one of said) {
    while (at < beside.length && beside[at].at < one.at) items.push(beside[at++]);
    items.push(one);
  }
  return [...items, ...beside.slice(at)];
}

function together(items) {
  const isTogether = (one, next) =>
    one?.type === "message" &&
    next?.type === "message" &&
    voiceOf(one.message) === voiceOf(next.message) &&
    [one, next].every(({ message }) => message.kind !== "notice") &&
    new Date(next.at) - new Date(one.at) < TOGETHER;
  return items.map((item, index) => ({
    ...item,
    isFirst: !isTogether(items[index - 1], item),
    isLast: !isTogether(item, items[index + 1]),
  }));
}

function withDays(items) {
  let day = null;
  return items.flatMap((item) => {
    const own = new Date(item.at).toDateString();
    if (own === day) return [item];
    day = own;
    return [
      { key: `day ${own}`, type: "day", at: item.at },
      { ...item, isFirst: true },
    ];
  });
}

const voiceOf = ({ role, author }) => author?.name ?? role;
const byTime = (one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0);

/** How many messages the customer wrote after this was seen. @param {{messagesRev: number}|null} began */
export const newSince = ({ messages }, began) =>
  began ? messages.filter((one) => one.role === "user" && one.rev > began.messagesRev).length : 0;
