/** What the visitor has seen, and when the service hears of it. How many are unread is counted in cache-adapter.js. */

import * as cached from "../cache-adapter.js";

/** Moves read markers. */
export class Reading {
  #unmarked = new Set();

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** Marks the conversation that is looked at, once for what is unread in it. */
  read() {
    const { active } = this.chat;
    if (!active?.unreadCount || !this.isSeen(active.id)) return;
    // A person may be waiting for their words to be read.
    if (this.#unmarked.has(active.id) && !cached.isWithPeople(active)) this.#see(active.id);
    else this.#mark(active.id);
  }

  /** The answer to one's own turn is read as it comes; the service hears of it on leaving, not with a request of its own. */
  seen(id) {
    this.#see(id);
    if (this.chat.store.isLocal) this.#mark(id);
    else this.#unmarked.add(id);
  }

  /** The visitor turns away: from the conversation, the chat or the page. */
  leave() {
    const { typing, people, activeId } = this.chat;
    typing.cancel(activeId);
    people.company?.talk.rested(true);
    if (this.#unmarked.has(activeId)) this.#mark(activeId, true);
  }

  isSeen(id) {
    return this.chat.isOpen && this.chat.activeId === id && !document.hidden;
  }

  forget() {
    this.#unmarked.clear();
  }

  #see(conversationId) {
    return cached.applySeen(this.chat.cache, { conversationId });
  }

  async #mark(id, isLeaving) {
    const { chat } = this;
    this.#unmarked.delete(id);
    // Up to what was shown: what comes meanwhile was not.
    const seen = this.#see(id);
    try {
      const last = chat.log(id).messages.at(-1)?.id;
      await chat.faults.current(chat.store.markRead(id, last, isLeaving));
      chat.news.tabs.tell("read", seen);
    } catch (error) {
      if (error.code !== "gone") this.#unmarked.add(id); // tried again on leaving
    }
    chat.changed();
  }
}
