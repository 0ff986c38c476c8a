/** What is read from the store to be shown: the list, a conversation, what is older in either. */

import * as cached from "../cache-adapter.js";

/** Fills the cache. */
export class Pages {
  /** When the list was read last, in milliseconds since 1970. */
  listedAt = 0;

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  async list() {
    const { chat } = this;
    const before = chat.cache.conversations;
    cached.applyList(chat.cache, await this.#listed(), before);
    this.listedAt = Date.now();
    chat.reading.read();
  }

  /** The next page of the list. */
  loadMore() {
    const { chat } = this;
    const more = async () => cached.applyList(chat.cache, await this.#listed(chat.cache.nextCursor));
    return chat.faults.guard(more);
  }

  /** The newest messages, back to the question that waits: it may stand further up, if much was written since. */
  async load(id) {
    const { chat } = this;
    await this.#newest(id);
    const log = chat.log(id);
    const isAsked = () => log.messages.some((one) => one.payload && !one.answeredAt);
    const isHere = () => chat.active?.id === id && !chat.isEnded;
    while (isHere() && !isAsked() && log.previousCursor && !chat.problem) await this.loadOlder();
  }

  /** Asked for once; who wants it meanwhile waits for the same. */
  loadOlder() {
    const { chat } = this;
    const id = chat.activeId;
    const log = chat.log(id);
    const before = log.previousCursor;
    const older = async () => {
      const page = await this.#page(id, { before });
      // Where the log has begun anew meanwhile, something else is above it.
      if (log.previousCursor === before) cached.applyOlder(chat.cache, page);
    };
    if (before)
      log.older ??= chat.faults.guard(older).then(() => {
        log.older = null;
      });
    return log.older;
  }

  /** What is shown does not agree with the store any more: read it once. */
  async putRight(id) {
    try {
      await this.#newest(id);
    } catch (error) {
      if (error.code === "not_found") this.chat.places.gone(id);
    }
  }

  async #newest(id) {
    const { chat } = this;
    cached.applyNewest(chat.cache, await this.#page(id));
  }

  /** A page of the list; after the last of a member's come those that stay in this browser. */
  shown(page) {
    const left = page.nextCursor ? [] : this.chat.guestOffer.left();
    return { ...page, conversations: [...page.conversations, ...left] };
  }

  async #listed(cursor) {
    return this.shown(await this.chat.faults.current(this.chat.store.list(cursor)));
  }

  #page(id, where) {
    const { chat } = this;
    const isLeft = cached.conversationOf(chat.cache, id)?.status === "left";
    return chat.faults.current(isLeft ? chat.local.messagesLeft(id, where) : chat.store.messages(id, where));
  }
}
