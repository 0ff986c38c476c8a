/** Which conversations a view holds, and in which order: as the database has it (`inbox_views`, `inbox_list`). No state. */

const isAwake = ({ snoozedUntil }, now) => !snoozedUntil || Date.parse(snoozedUntil) <= now;
const isForPeople = ({ status, handling }) => status === "open" && handling !== "bot";

const HOLDS = {
  waiting: (row, now) => row.status === "open" && row.handling === "waiting" && isAwake(row, now),
  mine: (row, now, me) => row.status === "open" && row.assignee?.id === me.id && isAwake(row, now),
  unassigned: (row, now) => isForPeople(row) && !row.assignee && isAwake(row, now),
  open: (row, now) => isForPeople(row) && isAwake(row, now),
  bot: (row) => row.status === "open" && row.handling === "bot",
  snoozed: (row, now) => row.status === "open" && !isAwake(row, now),
  completed: (row) => row.status === "completed",
  all: () => true,
};

/** As the database compares names and addresses. */
const bare = (text) => (text ?? "").normalize("NFKC").toLowerCase().replace(/\s+/g, "");

/** Whether a conversation belongs into a list. @param {{view: string, filters: object}} list @param {{id: string}} me */
export function fits(row, { view, filters }, me, now = Date.now()) {
  const { assignee, label, channel, q } = filters;
  return (
    HOLDS[view](row, now, me) &&
    (!assignee || row.assignee?.id === assignee) &&
    (!label || row.labels.some(({ name }) => name.toLowerCase() === label.toLowerCase())) &&
    (!channel || row.channel === channel) &&
    (!q || bare(row.contact.name).includes(bare(q)) || bare(row.contact.email).includes(bare(q)))
  );
}

/** The ids of a list in its order: who waits longest first; elsewhere who was there last. */
export function sorted(view, rows) {
  const sign = view === "waiting" ? 1 : -1;
  const keyed = rows.map((row) => [key(view, row), row.id]);
  return keyed.sort(([a], [b]) => sign * difference(a, b)).map(([, id]) => id);
}

/** Whether a conversation comes before another one, or is it. */
export function precedes(view, row, other) {
  return (view === "waiting" ? 1 : -1) * difference(key(view, row), key(view, other)) <= 0;
}

/** Compares as a text, to the microsecond: without its `Z`, a whole second is the beginning of its parts. */
function key(view, { id, waitingSince, lastMessageAt }) {
  const time = view === "waiting" ? waitingSince : lastMessageAt;
  return `${time?.slice(0, -1) ?? ""} ${id}`;
}

const difference = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
