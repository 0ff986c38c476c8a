/** What a guest said before signing in, and whether the member wants it. */

import * as cached from "../cache-adapter.js";

/** Changes `offer`. */
export class Offer {
  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** Where a member came and a guest's conversations lie in this browser. */
  make() {
    const { session, drafts, local } = this.chat;
    const count = session.isMember && !drafts.get("declined") && local.forImport().flat().length;
    if (count) this.chat.offer = { count };
  }

  /** @param {boolean} isWanted whether the guest's conversations become the member's */
  async answer(isWanted) {
    const { chat } = this;
    if (!isWanted) {
      chat.drafts.set("declined", true);
      chat.offer = null;
      return chat.changed();
    }
    chat.offer = { ...chat.offer, isBusy: true };
    chat.changed();
    await chat.faults.guard(async () => {
      for (const portion of chat.local.forImport()) await this.#import(portion);
      chat.offer = null;
    });
    if (chat.offer) chat.offer = { ...chat.offer, isBusy: false };
    return chat.changed();
  }

  async #import(portion) {
    const { chat } = this;
    const { conversations } = await chat.faults.current(chat.api.importGuest(portion));
    conversations.forEach((one) => chat.local.forget(one.clientConversationId));
    cached.applyList(chat.cache, await chat.faults.current(chat.api.list()));
  }
}
