/**
 * What lies in this browser goes where its owner is: a guest's conversations into the account without a name that they get
 * when they want a person, and from there to the member that they turn out to be. Every step may be done again, after a
 * crash or by another tab: the ids are the guest's. Guests who sign in before that are asked instead (offer.js).
 */

import * as cached from "../cache-adapter.js";
import { locked } from "../elsewhere.js";
import { refuse } from "../errors.js";
import { portionsOf } from "../stores/portions.js";
import { PeopleStore } from "./people-store.js";

const PATH = "/api/v1/guest-sessions";

/** Moves conversations, what was typed and what was not sent. */
export class Moving {
  /** @param {import("./company.js").Company} company */
  constructor({ chat, api }) {
    this.chat = chat;
    this.ofMember = api;
    // Asks as the guest, whoever is here.
    this.api = new PeopleStore(chat.http.as(chat.session.guest));
  }

  /**
   * A guest wants a person. @param {{id: string, clientMessageId?: string, event?: object, isForModel?: boolean}} wanted a
   * conversation of this browser, and what was said that asks for one, or for a model's answer
   * @returns {Promise<boolean>} whether guests get one here
   */
  async depart({ isForModel, ...wanted }) {
    const { chat } = this;
    try {
      await chat.faults.current(this.#begin(wanted));
      await this.#arrive(wanted);
      return true;
    } catch (error) {
      if (error.isAuth) refuse("upstream_unavailable", 503); // it ended on the way; the next try begins another
      // Nothing has begun, and there is something to say without it.
      if (isForModel && error.isTransient && !chat.session.guest.kept) return false;
      if (error.code !== "not_allowed") throw error;
      chat.people.isRefused = true;
      if (!isForModel) chat.remark = "nobody";
      return false;
    }
  }

  /** Somebody arrived who has begun to move: what was left undone is done. */
  async settle() {
    if (this.chat.session.isSignedIn) await this.claim();
    else this.#forget(await this.chat.faults.current(this.#settled()));
  }

  /** To the member who is here. */
  async claim() {
    const { chat } = this;
    const { guest, id } = chat.session;
    const from = guest.id;
    try {
      this.#forget(await chat.faults.current(this.#settled()));
      await chat.faults.current(guest.token().then((token) => this.ofMember.claim(token)));
    } catch (error) {
      if (error.code === "not_allowed") return; // to another account without a name
      if (error.code !== "invalid" && guest.kept) throw error; // else it is no more, and has nothing to give
    }
    this.#carry("localStorage", `outbox.${from}`, `outbox.${id}`);
    this.#carry("sessionStorage", `draft.${from}`, `draft.${id}`);
    guest.end();
  }

  /** An account for all tabs, if there is none, and by what a person is wanted. @throws {import("../errors.js").ChatError} not_allowed */
  #begin(wanted) {
    const { http, session } = this.chat;
    const { guest } = session;
    return locked("visit", async () => {
      const kept = guest.kept ?? (await http.request("POST", PATH, { isOpen: true, body: {} }));
      guest.note({ ...kept, wants: [...(kept.wants ?? []).filter(({ id }) => id !== wanted.id), wanted] });
    });
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
    const begun = this.#begun(chat.log(id).messages, page.messages);
    chat.succeed();
    this.#forget({ ...settled, begun });
    cached.applyList(chat.cache, chat.pages.shown(list));
    cached.applyNewest(chat.cache, page);
    Object.assign(chat, { view: "chat", activeId: row.id });
    chat.tab.set("visit", chat.session.id);
    if (chat.isOpen) chat.news.poll.start();
    chat.reading.read();
    chat.delivery.flushAll();
    chat.changed();
  }

  /**
   * @returns {Promise<{moved: string[], there: Map<string, string>, said: Map<string, object>, wants: object[]}>} conversations
   *   that were taken over, ids of what is there by those of here, what is to be sent there, and by what a person has been asked for
   */
  #settled() {
    return locked("moving", async () => {
      const { local, session } = this.chat;
      const { guest } = session;
      await local.atRest; // what is being done here at this moment goes along
      const moved = [];
      const there = new Map();
      for (const portion of guest.kept ? portionsOf(local.importable()) : []) {
        const { conversations } = await this.api.importGuest(portion);
        moved.push(...conversations.map((one) => one.clientConversationId));
        conversations.forEach((one) => there.set(one.clientConversationId, one.id));
      }
      const wants = guest.kept?.wants ?? [];
      for (const wanted of wants) {
        there.set(wanted.id, await this.#asked(wanted));
        guest.note({ ...guest.kept, wants: guest.kept.wants.filter(({ id }) => id !== wanted.id) });
      }
      return { moved, there, said: await this.#said(there), wants };
    });
  }

  /** What was still on its way here answers messages of here: what it is there, by `clientMessageId`. */
  async #said(there) {
    const said = new Map();
    for (const { clientMessageId, conversationId, event } of this.chat.shelf("localStorage", "outbox.guest").all()) {
      const id = event.messageId && there.get(conversationId);
      if (id) said.set(clientMessageId, await this.#translated(id, event));
    }
    return said;
  }

  /** Forms that are filled in at this moment: the same of those there. @returns {Map<string, string>} ids of there by those of here */
  #begun(here, there) {
    const isOpen = ({ kind, answeredAt }) => kind === "form" && !answeredAt;
    const forms = there.filter(isOpen);
    const begun = here.filter(isOpen).reverse();
    return new Map(begun.map((form, place) => [form.id, forms.at(-1 - place)?.id]));
  }

  /** Only when all is done: until then it is begun anew, from what lies here. What was still on its way goes on there. */
  #forget({ moved, there, said, wants, begun = [] }) {
    const { local, session } = this.chat;
    const both = (area, name) => ["guest", session.guest.id].map((one) => this.chat.shelf(area, `${name}.${one}`));
    const [left, kept] = both("localStorage", "outbox");
    const [typed, typedThere] = both("sessionStorage", "draft");
    wants.forEach(({ clientMessageId }) => clientMessageId && left.remove(clientMessageId));
    for (const entry of left.all()) {
      const conversationId = there.get(entry.conversationId);
      if (!conversationId) continue;
      const event = said.get(entry.clientMessageId) ?? entry.event;
      kept.set(entry.clientMessageId, { ...entry, conversationId, event });
      left.remove(entry.clientMessageId);
    }
    for (const [from, to] of [...there, ...begun]) {
      const draft = to && typed.get(from);
      if (!draft) continue;
      typedThere.set(to, draft);
      typed.remove(from);
    }
    moved.forEach((id) => local.forget(id));
    local.forgetEmpty();
  }

  /** As the visitor asked: by what they said, or without a word. A conversation in which nothing was said yet begins there. @returns {Promise<string|undefined>} its id there */
  async #asked({ id, clientMessageId, event }) {
    let there;
    try {
      there = (await this.api.open(id)).conversation.id;
      const said = event && (await this.#translated(there, event));
      if (said) await this.api.turn(there, { clientMessageId, event: said });
      else await this.api.handover(there);
    } catch (error) {
      // Asked again, it would be refused again.
      if (error.isTransient || error.isAuth || !error.status || error.code === "internal") throw error;
    }
    return there;
  }

  /** The same chip, or form, has another message there. @returns {Promise<object|null>} null where it is not to be found */
  async #translated(id, event) {
    if (event.type === "text") return event;
    const { messages } = await this.api.messages(id);
    const has = ({ payload }) =>
      event.values
        ? payload?.fields && isOf(event.values, payload)
        : payload?.chips?.some((chip) => chip.id === event.chipId);
    // Answered, it is what was sent before, or it does not matter any more.
    const asked = messages.findLast(has);
    return asked ? { ...event, messageId: asked.id } : null;
  }

  /** Everything from one shelf to another. */
  #carry(area, from, to) {
    const [left, kept] = [from, to].map((name) => this.chat.shelf(area, name));
    left.keys().forEach((key) => kept.set(key, left.get(key)));
    left.clear();
  }
}

/** Whether a form asks for these. */
const isOf = (values, { fields }) => Object.keys(values).every((one) => fields.some(({ name }) => name === one));
