/**
 * What lies in this browser goes where its owner is: a guest's conversations into the account without a name that they get
 * when they want a person, and from there to the member that they turn out to be. Every step may be done again, after a
 * crash or by another tab: the ids are the guest's. Guests who sign in before that are asked instead (offer.js).
 */

import * as cached from "../cache-adapter.js";
import { locked } from "../elsewhere.js";
import { Http } from "../http.js";
import { Shelf } from "../storage.js";
import { ApiStore } from "../stores/api-store.js";

/** Moves conversations, what was typed and what was not sent. */
export class Moving {
  isBusy = false;

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    const { http } = chat;
    // Asks as the guest, whoever is here.
    this.api = new ApiStore(new Http(http.base, http.locale, chat.session.guest));
  }

  /** Whether the account without a name was used in this tab: then who signs in here is the same person. */
  get isOfThisTab() {
    return this.chat.tab.get("visit") === this.chat.session.guest.id;
  }

  /** A guest wants a person for a conversation of this browser. @throws {import("../errors.js").ChatError} not_allowed */
  async depart(id) {
    const { chat } = this;
    this.isBusy = true;
    try {
      await chat.faults.current(chat.session.guest.begin(id));
      await this.#arrive(id);
    } finally {
      this.isBusy = false;
    }
  }

  /** Somebody arrived who may have begun to move: what was left undone is done. */
  async settle() {
    const { guest, mode, isSignedIn } = this.chat.session;
    if (!guest.kept) return;
    if (mode === "visit") {
      this.chat.tab.set("visit", guest.id);
      await this.chat.faults.current(this.#settled());
    }
    if (isSignedIn && this.isOfThisTab) await this.claim();
  }

  /** To the member who is here. */
  async claim() {
    const { chat } = this;
    const { guest, id } = chat.session;
    const from = guest.id;
    try {
      await chat.faults.current(this.#settled());
      await chat.faults.current(guest.token().then((token) => chat.api.claim(token)));
    } catch (error) {
      // An account that is no more has nothing to give.
      if (error.code !== "invalid" && guest.kept) throw error;
    }
    carry("localStorage", `outbox.${from}`, `outbox.${id}`);
    carry("sessionStorage", `draft.${from}`, `draft.${id}`);
    guest.end();
  }

  /** Into the account, without a moment in which nothing is shown. */
  async #arrive(id) {
    const { chat } = this;
    const { epoch } = chat;
    const rows = await this.#settled();
    const list = await this.api.list();
    const row = rows.get(id) ?? list.conversations.find((one) => one.clientConversationId === id)?.id;
    const page = await this.api.messages(row);
    if (epoch !== chat.epoch) return;
    const draft = chat.drafts.get(id);
    chat.succeed();
    cached.applyList(chat.cache, chat.pages.shown(list));
    cached.applyNewest(chat.cache, page);
    if (draft) chat.drafts.set(row, draft);
    Object.assign(chat, { view: "chat", activeId: row });
    chat.tab.set("visit", chat.session.id);
    chat.news.poll.start();
    chat.reading.read();
    chat.changed();
  }

  /** @returns {Promise<Map<string, string>>} the conversations that a person was wanted for, by their ids in this browser */
  #settled() {
    return locked("moving", async () => {
      const { guest } = this.chat.session;
      const { local } = this.chat;
      const rows = new Map();
      if (!guest.kept) return rows;
      for (const portion of local.forImport()) {
        await this.api.importGuest(portion);
        portion.forEach((one) => local.forget(one.clientConversationId));
      }
      for (const wanted of guest.kept.wants) {
        const { conversation } = await this.api.open(wanted); // there already, if anything was said in it
        await this.api.handover(conversation.id);
        rows.set(wanted, conversation.id);
        guest.note({ ...guest.kept, wants: guest.kept.wants.filter((one) => one !== wanted) });
      }
      local.forgetEmpty();
      return rows;
    });
  }
}

/** Everything from one shelf to another. */
function carry(area, from, to) {
  const [left, kept] = [from, to].map((name) => new Shelf(area, name));
  left.keys().forEach((key) => kept.set(key, left.get(key)));
  left.clear();
}
