/**
 * While a person is wanted or answers: hints come that something changed (live.js), and what did is asked for, once and in
 * order, whatever was missed. Not here: how often is asked without hints (chat/news.js, elsewhere.js).
 */

import * as cached from "../cache-adapter.js";
import { Live } from "./live.js";

/** Changes the cache, and who is seen to type. */
export class Hints {
  /** Conversations of which more is known to be there. */
  #due = new Set();
  #isPulling = false;
  #werePeople = false;

  /** @param {import("./company.js").Company} company */
  constructor(company) {
    const { chat } = company;
    Object.assign(this, { chat, company });
    const tell = (kind, told) => chat.news.tabs.tell(kind, told);
    this.live = new Live(chat.http, (kind, told) => this.#heard(kind, told), tell);
  }

  /** Looked at after every change: whether hints are wanted, and whether they still are. */
  look() {
    const { session, needsSignIn, isOpen, news, people } = this.chat;
    const { alerts, place } = this.company;
    // Who allowed a tone wants it just when the page is out of sight.
    const isSeen = !document.hidden || alerts.isOn;
    const isWanted = session.isMember && !needsSignIn && isSeen && people.followed.length > 0;
    const arePeople = isWanted && people.conversations.length > 0;
    if (arePeople && !this.#werePeople) place.show();
    this.#werePeople = arePeople;
    if (isWanted === this.live.isWanted) return;
    this.live.want(isWanted, session.id);
    // Also where it is not wanted any more: what was to be asked soon is asked rarely again.
    if (isWanted || isOpen) news.poll.start();
    else news.poll.stop();
  }

  /** Whether it is worth asking every few seconds. */
  get isUrgent() {
    return this.live.isWanted && (this.live.isAlive || !this.chat.problem);
  }

  /** Whether to be told is enough for now. */
  get areEnough() {
    return this.live.isAlive && !this.#due.size;
  }

  /** All in which something is to come, and what is looked at. @returns {Promise<boolean>} whether there was something new */
  pullAll() {
    const { activeId, view } = this.chat;
    this.chat.people.followed.forEach(({ id }) => this.#due.add(id));
    if (activeId && view === "chat" && !this.chat.people.isMoving) this.#due.add(activeId);
    return this.#pull();
  }

  /** What changed in a conversation since what is known of it. @returns {Promise<boolean>} */
  pull(id) {
    this.#due.add(id);
    return this.#pull();
  }

  forget() {
    this.live.want(false);
    this.#due.clear();
  }

  /** One at a time; what fails is due until it has come. */
  async #pull() {
    if (this.#isPulling) return false;
    this.#isPulling = true;
    let isNew = false;
    await this.chat.faults.guard(async () => {
      for (const id of this.#due) {
        this.#due.delete(id); // before: a hint that comes meanwhile counts
        isNew = (await this.#pulled(id)) || isNew;
      }
    });
    this.#isPulling = false;
    return isNew;
  }

  async #pulled(id) {
    const { chat } = this;
    const before = cached.conversationOf(chat.cache, id);
    if (chat.store.isLocal || before?.status === "left") return false;
    if (!before) {
      await chat.pages.list();
      return true;
    }
    const isTyping = chat.typing.who(id);
    let page;
    try {
      page = await chat.faults.current(this.company.api.changes(id, cached.revOf(chat.cache, id)));
    } catch (error) {
      if (error.isTransient) this.#due.add(id);
      if (error.code !== "not_found") throw error;
      chat.places.gone(id);
      return false;
    }
    if (page.hasMore) this.#due.add(id);
    const fresh = cached.applyChanged(chat.cache, page);
    if (fresh.some(({ author }) => author)) {
      if (isTyping) chat.typing.told(id, false); // it is what they typed
      this.company.alerts.ring(this.live.isLeading && !(chat.reading.isSeen(id) && document.hasFocus()));
    }
    chat.news.tell(fresh, before.status === "open" && page.conversation);
    if (fresh.length) chat.reading.read();
    return fresh.length > 0;
  }

  #heard(kind, told) {
    const { chat } = this;
    if (kind === "hello") this.pullAll();
    else if (kind === "typing") chat.typing.told(told.conversationId, told.isTyping);
    else if (kind === "changed" && told.rev > cached.revOf(chat.cache, told.conversationId))
      this.pull(told.conversationId);
  }
}
