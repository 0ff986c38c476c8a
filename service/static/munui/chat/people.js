/**
 * People who answer: the visitor asks for one, or for the bot again; when the team is there; that the visitor types. What
 * they say comes as everything else does (news.js); who is a guest gets an account first (moving.js).
 */

import * as cached from "../cache-adapter.js";
import { FORGOTTEN } from "../typing.js";

/** How old may be what is known of the team, and how often it is told that the visitor types, in milliseconds. */
const FRESH = 60_000;
const OFTEN = 3000;
/** Refusals that say that somebody else was quicker. */
const OVERTAKEN = ["already_assigned", "conversation_completed", "not_allowed"];

/** Changes `team` and `isRefused`. */
export class People {
  /** @type {{isOnline: boolean, opensAt: string|null, expectedReplySeconds: number|null}|null} */
  team = null;
  /** Whether guests get nobody here. */
  isRefused = false;
  isBusy = false;
  #askedAt = 0;
  #toldAt = 0;
  #toldIn = null;

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** Whether the visitor is with a person, or waits for one. */
  get areHere() {
    return cached.isWithPeople(this.chat.active);
  }

  get isWaiting() {
    return this.areHere && this.chat.active.handling === "waiting";
  }

  /** Whether a person can be asked for where the visitor is. */
  get isOffered() {
    const { active } = this.chat;
    return active?.status === "open" && !this.areHere && !(this.chat.store.isLocal && this.isRefused);
  }

  ask() {
    return this.#change("POST");
  }

  /** The bot goes on, unless somebody has come meanwhile. */
  giveBack() {
    return this.#change("DELETE");
  }

  /** Looks when somebody answers, while the visitor waits for that. */
  async look() {
    const { chat } = this;
    const isSeen = chat.isOpen && !document.hidden;
    if (!isSeen || !this.isWaiting || Date.now() - this.#askedAt < FRESH) return;
    this.#askedAt = Date.now();
    try {
      this.team = await chat.faults.current(chat.api.team());
      chat.changed();
    } catch {
      // nothing is said of it then
    }
  }

  /** For who answers: the page, without what else its address may hold. Worth no word if it fails. */
  showPlace() {
    const { api, http } = this.chat;
    api.contact({ pageUrl: location.origin + location.pathname, locale: http.locale() }).catch(() => {});
  }

  /** @param {string} text what stands in the input now */
  typed(text) {
    const { activeId } = this.chat;
    if (!text.trim() || !this.areHere) return this.rested();
    if (Date.now() - this.#toldAt < OFTEN) return undefined;
    this.#toldAt = Date.now();
    this.#toldIn = activeId;
    return this.#tell(activeId, true);
  }

  /** The visitor types no more: it was sent, or deleted, or they go. */
  rested(isLeaving = false) {
    const id = this.#toldIn;
    this.#toldIn = null;
    if (id && Date.now() - this.#toldAt < FORGOTTEN) this.#tell(id, false, isLeaving);
  }

  forget() {
    Object.assign(this, { team: null, isBusy: false });
    this.#askedAt = 0;
    this.#toldIn = null;
  }

  /** Worth no word if it fails. */
  #tell(id, isTyping, isLeaving = false) {
    this.chat.api.type(id, isTyping, isLeaving).catch(() => {});
  }

  async #change(method) {
    const { chat } = this;
    const id = chat.activeId;
    if (this.isBusy || !id) return;
    this.isBusy = true;
    chat.remark = null;
    chat.changed();
    const ask = () => (chat.store.isLocal ? chat.moving.depart({ id }) : this.#carried(id, method));
    await chat.faults.guard(ask, () => chat.activeId === id && this.#change(method));
    this.isBusy = false;
    chat.changed();
  }

  async #carried(id, method) {
    const { chat } = this;
    try {
      const answer = { updatedMessages: [], ...(await chat.faults.current(chat.api.handover(id, method))) };
      const fresh = cached.applyTurn(chat.cache, answer);
      if (chat.reading.isSeen(id)) chat.reading.seen(id);
      chat.news.tabs.tell("turn", { ...answer, conversation: cached.conversationOf(chat.cache, id) });
      chat.news.tell(fresh, false);
    } catch (error) {
      if (!OVERTAKEN.includes(error.code)) throw error;
      chat.remark = error.code;
      await chat.hints.pull(id);
    }
  }
}
