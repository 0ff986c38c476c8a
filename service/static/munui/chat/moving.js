/**
 * What lies in this browser goes where its owner is: a guest's conversations into the account without a name that they get
 * when they want a person, and from there to the member that they turn out to be. Every step may be done again, after a
 * crash or by another tab: the ids are the guest's. Guests who sign in before that are asked instead (offer.js).
 */

import * as cached from "../cache-adapter.js";
import { locked } from "../elsewhere.js";
import { refuse } from "../errors.js";
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

  /**
   * A guest wants a person. @param {{id: string, clientMessageId?: string, event?: object}} wanted a conversation of this
   * browser, and what was said that asks for one @returns {Promise<boolean>} whether guests get one here
   */
  async depart(wanted) {
    const { chat } = this;
    this.isBusy = true;
    chat.typing.await(wanted.id);
    try {
      await chat.faults.current(chat.session.guest.begin(wanted));
      await this.#arrive(wanted);
      return true;
    } catch (error) {
      if (error.isAuth) refuse("upstream_unavailable", 503); // it ended on the way; the next try begins another
      if (error.code !== "not_allowed") throw error;
      chat.people.isRefused = true;
      chat.remark = "nobody";
      return false;
    } finally {
      this.isBusy = false;
      chat.typing.cancel(wanted.id);
    }
  }

  /** Somebody arrived who may have begun to move: what was left undone is done. */
  async settle() {
    const { guest, mode, isSignedIn } = this.chat.session;
    if (!guest.kept) return;
    if (mode === "visit") {
      this.chat.tab.set("visit", guest.id);
      this.#forget(await this.chat.faults.current(this.#settled()));
    }
    if (isSignedIn && this.isOfThisTab) await this.claim();
  }

  /** To the member who is here. */
  async claim() {
    const { chat } = this;
    const { guest, id } = chat.session;
    const from = guest.id;
    try {
      this.#forget(await chat.faults.current(this.#settled()));
      await chat.faults.current(guest.token().then((token) => chat.api.claim(token)));
    } catch (error) {
      if (error.code === "not_allowed") return; // to another account without a name
      if (error.code !== "invalid" && guest.kept) throw error; // else it is no more, and has nothing to give
    }
    carry("localStorage", `outbox.${from}`, `outbox.${id}`);
    carry("sessionStorage", `draft.${from}`, `draft.${id}`);
    guest.end();
  }

  /** Into the account, without a moment in which nothing is shown. */
  async #arrive({ id }) {
    const { chat } = this;
    const { epoch } = chat;
    const settled = await this.#settled();
    const list = await this.api.list();
    const row = list.conversations.find((one) => one.clientConversationId === id);
    const page = await this.api.messages(row.id);
    if (epoch !== chat.epoch) return;
    const draft = chat.drafts.get(id);
    chat.succeed();
    this.#forget(settled);
    cached.applyList(chat.cache, chat.pages.shown(list));
    cached.applyNewest(chat.cache, page);
    if (draft) chat.drafts.set(row.id, draft);
    Object.assign(chat, { view: "chat", activeId: row.id });
    chat.tab.set("visit", chat.session.id);
    if (chat.isOpen) chat.news.poll.start();
    chat.reading.read();
    chat.changed();
  }

  /** @returns {Promise<{moved: string[], wants: object[]}>} conversations that are there now, and by what a person has been asked for */
  #settled() {
    return locked("moving", async () => {
      const { local, session } = this.chat;
      const { guest } = session;
      const moved = [];
      for (const portion of guest.kept ? local.forImport() : []) {
        const { conversations } = await this.api.importGuest(portion);
        moved.push(...conversations.map((one) => one.clientConversationId));
      }
      const wants = guest.kept?.wants ?? [];
      for (const wanted of wants) {
        await this.#asked(wanted);
        guest.note({ ...guest.kept, wants: guest.kept.wants.filter(({ id }) => id !== wanted.id) });
      }
      return { moved, wants };
    });
  }

  /** Only when all is done: until then it is begun anew, from what lies here. */
  #forget({ moved, wants }) {
    const outbox = new Shelf("localStorage", "outbox.guest");
    moved.forEach((id) => this.chat.local.forget(id));
    wants.forEach(({ clientMessageId }) => clientMessageId && outbox.remove(clientMessageId));
    this.chat.local.forgetEmpty();
  }

  /** As the visitor asked: by what they said, or without a word. A conversation in which nothing was said yet begins there. */
  async #asked({ id, clientMessageId, event }) {
    try {
      const { conversation } = await this.api.open(id);
      const said = event && (await this.#translated(conversation.id, event));
      if (said) await this.api.turn(conversation.id, { clientMessageId, event: said });
      else await this.api.handover(conversation.id);
    } catch (error) {
      // Asked again, it would be refused again.
      if (error.isTransient || error.isAuth || !error.status || error.code === "internal") throw error;
    }
  }

  /** The same chip has another message there. @returns {Promise<object|null>} null where it is not to be found */
  async #translated(id, event) {
    if (event.type === "text") return event;
    const { messages } = await this.api.messages(id);
    const has = ({ payload }) => payload?.chips?.some((chip) => chip.id === event.chipId);
    // Answered, it is what was sent before, or it does not matter any more.
    const asked = messages.findLast(has);
    return asked ? { ...event, messageId: asked.id } : null;
  }
}

/** Everything from one shelf to another. */
function carry(area, from, to) {
  const [left, kept] = [from, to].map((name) => new Shelf(area, name));
  left.keys().forEach((key) => kept.set(key, left.get(key)));
  left.clear();
}
