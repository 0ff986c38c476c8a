/** What a person does in a conversation, and what the store's answer or refusal to it means. */

import * as cached from "../cache-adapter.js";
import { uuid4 } from "../ids.js";
import { OUTDATED } from "./faults.js";
import { NEXT } from "./places.js";

/** Sends, and changes `remark`. */
export class Turns {
  /** Faults that the store found, by the id of the form. @type {Map<string, {field: string, message: string}[]>} */
  formFaults = new Map();

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  #aside = new Set();

  /** The form that the visitor is to fill in next, unless they put it aside or talk with a person. @type {object|null} */
  get waiting() {
    const { active, activeId } = this.chat;
    const isAlone = active?.status === "open" && !cached.isWithPeople(active);
    const last = isAlone && this.chat.log(activeId).messages.at(-1);
    return last && last.kind === "form" && !last.answeredAt && !this.#aside.has(last.id) ? last : null;
  }

  /** Something else is to be written before this form. */
  setAside(messageId) {
    this.#aside.add(messageId);
    this.chat.changed();
  }

  /** @param {object} event @param {string} shown the text that stands for it until the answer is there */
  send(event, shown) {
    const { chat } = this;
    if (chat.active?.status !== "open" || chat.people.isMoving || this.isTaken(event.messageId)) return;
    chat.people.company?.talk.rested();
    chat.remark = null;
    this.formFaults.delete(event.messageId);
    chat.delivery.add({ conversationId: chat.activeId, clientMessageId: uuid4(), event, shown });
    chat.changed();
  }

  /** Whether an answer to this message is on its way. */
  isTaken(messageId) {
    return Boolean(messageId) && this.chat.unsent().some((entry) => entry.event.messageId === messageId);
  }

  /** Take an unsent message back; its text returns to the input. @param {import("../delivery.js").Entry} entry */
  discard({ clientMessageId, conversationId, event }) {
    const { delivery, drafts, changed } = this.chat;
    delivery.shelf.remove(clientMessageId);
    if (event.content && !drafts.get(conversationId)) drafts.set(conversationId, event.content);
    changed();
  }

  /** Carries one entry to the store. @param {import("../delivery.js").Entry} entry @throws {import("../errors.js").ChatError} */
  async deliver(entry) {
    const { chat } = this;
    const { conversationId, clientMessageId, event } = entry;
    if (chat.activeId === conversationId && !cached.isWithPeople(chat.active)) chat.typing.await(conversationId);
    try {
      const knowledge = chat.store.isLocal ? await chat.faults.current(chat.local.lookUp(conversationId, entry)) : null;
      // What is being moved is not changed here any more: what was said goes along, unsent (people/moving.js).
      if (chat.people.isMoving) await chat.faults.current(chat.people.moved);
      // A model's answer needs an account, too; who gets none has what the articles say.
      const isForModel = knowledge?.mode === "generative" && !chat.people.isRefused;
      const wanted = { id: conversationId, clientMessageId, event, isForModel };
      if ((isForModel || this.#asksForPerson(entry)) && (await chat.people.depart(wanted))) return;
      const answer = await chat.faults.current(chat.store.turn(conversationId, { clientMessageId, event, knowledge }));
      this.#arrived(answer, clientMessageId);
    } catch (error) {
      chat.typing.cancel(conversationId);
      if (error.code !== "gone") await this.#rejected(error, entry);
    }
  }

  forget() {
    this.formFaults.clear();
  }

  /** Whether a guest asks for one; a member's turn does it by itself. */
  #asksForPerson({ conversationId, event }) {
    const { store, people, local } = this.chat;
    return store.isLocal && !people.isRefused && local.asksForPerson(conversationId, event);
  }

  #arrived(answer, clientMessageId) {
    const { chat } = this;
    const { id } = answer.conversation;
    const wasOpen = cached.conversationOf(chat.cache, id)?.status === "open";
    chat.delivery.shelf.remove(clientMessageId);
    chat.typing.cancel(id);
    answer.updatedMessages.forEach((message) => chat.drafts.remove(message.id));
    Object.assign(chat, { problem: null, needsSignIn: false });
    const fresh = cached.applyTurn(chat.cache, answer);
    if (chat.reading.isSeen(id)) chat.reading.seen(id);
    chat.news.tabs.tell("turn", { ...answer, conversation: cached.conversationOf(chat.cache, id) });
    if (chat.isOpen) chat.news.poll.start();
    chat.changed();
    chat.news.tell(fresh, wasOpen && answer.conversation);
  }

  async #rejected(error, { conversationId, clientMessageId, event }) {
    const { chat } = this;
    chat.faults.show(error);
    if (error.isTransient || error.isAuth || !OUTDATED.includes(error.code)) throw error;
    chat.delivery.shelf.remove(clientMessageId);
    if (error.code === "invalid_form" && error.errors.length) this.formFaults.set(event.messageId, error.errors);
    else {
      chat.remark = error.code;
      if (event.content && !chat.drafts.get(NEXT)) chat.drafts.set(NEXT, event.content);
      await chat.pages.putRight(conversationId);
    }
    chat.changed();
  }
}
