/**
 * Tabs of a guest that arrive at the same moment: a browser's storage is a moment late between them, under a lock too, so
 * each may have begun a conversation. They come together in the first, while nothing is said in the other.
 */

import * as cached from "../cache-adapter.js";

/** @param {import("../chat.js").Chat} chat @param {string} mine what began by itself in this tab */
export function joined(chat, mine) {
  const { activeId, cache, delivery, drafts, local, places } = chat;
  const open = cache.conversations.filter(({ status }) => status === "open");
  // By age, and by the id where two are of the same age.
  const [, first] = open.map(({ createdAt, id }) => [createdAt, id]).sort()[0] ?? [];
  if (!first || first === mine || !local.isUntouched(mine) || delivery.unsent(mine).length) return;
  const draft = drafts.get(mine);
  if (draft) drafts.set(first, draft);
  drafts.remove(mine);
  local.forget(mine);
  cached.dropConversation(cache, mine);
  if (activeId === mine) places.show(first);
}
