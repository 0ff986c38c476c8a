/** What of a guest's conversations `POST /api/v1/import` takes at once: its limits, and how much something is of them. */

const MOST = { conversations: 20, events: 200, bytes: 250_000 };

/** Whether no request can carry it; a part of it would be all that is ever taken. */
export const isTooLong = (kept) => kept.events.length > MOST.events || sizeOf(bodyOf(kept)) > MOST.bytes;

/** @param {object[]} conversations of `LocalStore.importable` @returns {object[][]} what `POST /api/v1/import` takes, portion by portion */
export function portionsOf(conversations) {
  const portions = [];
  let room = 0;
  for (const kept of conversations) {
    const one = bodyOf(kept);
    const bytes = sizeOf(one);
    if (bytes > room || portions.at(-1).length === MOST.conversations) {
      portions.push([]);
      room = MOST.bytes;
    }
    portions.at(-1).push(one);
    room -= bytes;
  }
  return portions;
}

const bodyOf = ({ id, flowVersion, events }) => ({ clientConversationId: id, flowVersion, events });

/** In bytes, with the comma after it. */
const sizeOf = (one) => new TextEncoder().encode(JSON.stringify(one)).length + 1;
