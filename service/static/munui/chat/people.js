/**
 * People who answer: whether the visitor is with one, and asking for one, or for the bot again. What that needs besides
 * comes in a file of its own when it is first wanted (people/company.js); a conversation with the bot does without.
 */

import * as cached from "../cache-adapter.js";
import { Shelf } from "../storage.js";
import { wanted } from "./wanted.js";

/** Until that file is tried again that nobody waits for, in milliseconds. */
const AGAIN = 5000;

/** Changes `isRefused`, `isMoving` and `isBusy`. */
export class People {
  /** Once it is here. @type {import("../people/company.js").Company|null} */
  company = null;
  /** Whether the visitor wants to hear of what people write. */
  bell = new Shelf("localStorage", "alerts");
  /** Whether guests get nobody here. */
  isRefused = false;
  /** Whether a guest's conversations are on the way into an account. */
  isMoving = false;
  isBusy = false;
  /** Settles when nothing is on that way any more. @type {Promise<void>|null} */
  moved = null;
  #coming = null;
  #isTried = false;
  #handlings = new Map();

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

  /** Conversations in which people answer, or are wanted. */
  get conversations() {
    return this.chat.cache.conversations.filter(cached.isWithPeople);
  }

  /** Whether a guest's account was used in this tab: then who signs in here is the same person. */
  get isOfThisTab() {
    return this.chat.tab.get("visit") === this.chat.session.guest.id;
  }

  /** Those in which something is to come that nobody here asked for: of people, and answers that are being looked for. */
  get followed() {
    return this.chat.cache.conversations.filter((one) => cached.isWithPeople(one) || cached.isLooking(one));
  }

  /** Whether the page said something of who has a conversation, or is about to. */
  get isDescribed() {
    const { session, cache, isOpen } = this.chat;
    const isKnown = session.isMember && Object.keys(session.attributes).length > 0;
    return isKnown && cache.isListed && (isOpen || cache.conversations.length > 0);
  }

  get isBellOn() {
    return Boolean(this.bell.get("on"));
  }

  /** @returns {Promise<import("../people/company.js").Company>} @throws {ChatError} network */
  come() {
    this.#coming ??= this.#fetched();
    return this.#coming;
  }

  /** After every change: whether people are there, and what they do. */
  look() {
    const { chat } = this;
    this.#tellHandovers();
    if (this.company) return this.company.look();
    const isAsked = chat.active?.ratingAsked || (chat.unread && this.isBellOn);
    const isWanted = this.followed.length || this.isDescribed || isAsked;
    if (!isWanted || this.#isTried) return undefined;
    this.#isTried = true;
    const again = () => {
      this.#isTried = false;
      chat.changed();
    };
    return this.come().then(chat.changed, () => setTimeout(again, AGAIN));
  }

  ask() {
    return this.#change("POST");
  }

  /** The bot goes on, unless somebody has come meanwhile. */
  giveBack() {
    return this.#change("DELETE");
  }

  /**
   * A guest wants a person, or a model's answer. @param {object} wanted as people/moving.js takes it
   * @returns {Promise<boolean>} whether guests get one here
   */
  async depart(wanted) {
    const { chat } = this;
    let settle;
    this.moved = new Promise((done) => {
      settle = done;
    });
    this.isMoving = true;
    chat.typing.await(wanted.id);
    try {
      const isThere = await (await chat.faults.current(this.come())).moving.depart(wanted);
      // It has another id there.
      if (isThere) this.#tellHandover(chat.active);
      return isThere;
    } finally {
      this.isMoving = false;
      settle();
      chat.typing.cancel(wanted.id);
    }
  }

  /** Somebody arrived who may have begun to move into an account: what was left undone is done. */
  async settle() {
    const { tab, local, faults, session } = this.chat;
    const { guest, mode } = session;
    const { kept, id } = guest;
    if (!kept) return;
    if (mode === "visit") tab.set("visit", id);
    const isLeft = mode === "visit" ? kept.wants?.length || !local.isEmpty : this.isOfThisTab;
    if (isLeft) await (await faults.current(this.come())).moving.settle();
  }

  toggleBell() {
    return this.chat.faults.guard(async () => (await this.come()).alerts.toggle());
  }

  forget() {
    this.isBusy = false;
    this.#handlings.clear();
    this.company?.forget();
  }

  /** To the host page: what was the bot's and is people's. What comes as such is no news. */
  #tellHandovers() {
    for (const one of this.chat.cache.conversations) {
      const before = this.#handlings.get(one.id);
      this.#handlings.set(one.id, one.handling);
      if (before === "bot") this.#tellHandover(one);
    }
  }

  #tellHandover({ id, handling } = {}) {
    if (id && handling !== "bot") this.chat.emit("handedover", { conversationId: id, handling });
  }

  async #fetched() {
    try {
      const { Company } = await wanted(PEOPLE);
      this.company = new Company(this.chat);
      return this.company;
    } catch (error) {
      this.#coming = null;
      throw error;
    }
  }

  async #change(method) {
    const { chat } = this;
    const id = chat.activeId;
    if (this.isBusy || !id) return;
    this.isBusy = true;
    chat.faults.forget(); // what failed before is not tried again: the visitor may have thought better of it
    chat.remark = null;
    chat.changed();
    const ask = async () => {
      if (chat.store.isLocal) return this.depart({ id });
      return (await chat.faults.current(this.come())).change(id, method);
    };
    await chat.faults.guard(ask, () => chat.activeId === id && this.#change(method));
    this.isBusy = false;
    chat.changed();
  }
}
