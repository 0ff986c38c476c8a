/**
 * One visitor's chat: who is here, and the state that is shown. What changes the state stands in chat/, one subject a
 * module. Not here: the DOM (view/), merging answers (cache-adapter.js), sending again (delivery.js).
 */

import * as cached from "./cache-adapter.js";
import { Faults } from "./chat/faults.js";
import { Help } from "./chat/help.js";
import { News } from "./chat/news.js";
import { Offer } from "./chat/offer.js";
import { Pages } from "./chat/pages.js";
import { People } from "./chat/people.js";
import { NEXT, Places } from "./chat/places.js";
import { Reading } from "./chat/reading.js";
import { Turns } from "./chat/turns.js";
import { Delivery } from "./delivery.js";
import { GuestSession } from "./guest-session.js";
import { forgetDrafts } from "./leaving.js";
import { Shelf } from "./storage.js";
import { ApiStore } from "./stores/api-store.js";
import { LocalStore } from "./stores/local-store.js";
import { Typing } from "./typing.js";

/** What is shown while nothing is known. `problem` is `{code, until, again}`, `remark` a code, `offer` `{count, left, isBusy}`. */
const BLANK = {
  view: "list",
  activeId: null,
  opening: null,
  problem: null,
  remark: null,
  needsSignIn: false,
  offer: null,
};

/** The state, and the parts that change it. */
export class Chat {
  isOpen = false;
  /** Counts who was here: an answer for a former visitor is thrown away. */
  epoch = 0;
  /** Settles when it is known who is here. @type {Promise<void>|null} */
  starting = null;
  /** Whether the panel opened without having been asked to. */
  isUnasked = false;
  tab = new Shelf("sessionStorage", "tab");

  /** @param {import("./http.js").Http} http @param {() => void} draw called after every change @param {(name: string, detail: object) => boolean} emit tells the host page */
  constructor(http, draw, emit) {
    Object.assign(this, { http, session: http.session, draw, emit });
    this.session.guest = new GuestSession(http);
    this.local = new LocalStore(http, http.locale);
    this.api = new ApiStore(http);
    this.typing = new Typing(this.changed);
    this.faults = new Faults(this);
    this.pages = new Pages(this);
    this.reading = new Reading(this);
    this.places = new Places(this);
    this.turns = new Turns(this);
    this.guestOffer = new Offer(this);
    this.people = new People(this);
    this.help = new Help(this);
    this.news = new News(this);
    this.session.changed = () => this.restart();
    this.session.blamed = (error) => this.faults.tell(error);
    this.#blank();
    this.news.listen();
  }

  /** Called after every change. */
  changed = () => {
    this.people.look();
    this.draw();
  };

  get store() {
    return this.session.isMember ? this.api : this.local;
  }

  /** The browser's word alone does not count: behind some VPNs it is wrong. */
  get isOnline() {
    return navigator.onLine || this.http.isReachable;
  }

  get active() {
    return cached.conversationOf(this.cache, this.activeId);
  }

  /** Whether nothing more can be said in it. */
  get isEnded() {
    return Boolean(this.active) && this.active.status !== "open";
  }

  get unread() {
    return cached.unreadTotal(this.cache);
  }

  get isFull() {
    return this.store.isLocal && Shelf.isFull;
  }

  get draftKey() {
    return this.activeId ?? NEXT;
  }

  /** @param {"localStorage"|"sessionStorage"} area @param {string} name */
  shelf(area, name) {
    return new Shelf(area, name);
  }

  log(id) {
    return cached.logOf(this.cache, id);
  }

  unsent() {
    return this.delivery.unsent(this.activeId);
  }

  /** Find out who is here and what there is. */
  start() {
    this.starting ??= this.#begin(this.epoch);
    return this.starting;
  }

  /** Somebody else is here, or may be: nothing of the former one stays. */
  async restart() {
    this.#blank();
    this.changed();
    await this.#land();
  }

  /** The guest has an account now. What they see stays until the caller has put the same, as the service has it, in its place. */
  succeed() {
    this.session.visit();
    this.#blank();
    this.#forWhom(this.session.id);
    this.news.tabs.identity = this.session.id;
    this.starting = Promise.resolve();
  }

  stop() {
    this.reading.leave();
    this.#blank();
    this.news.stop();
  }

  async signIn() {
    const before = this.session.id;
    this.session.isSignedOut = false;
    await this.session.identify();
    if (this.session.id !== before) return this.restart();
    this.needsSignIn = false; // the same member with a new token: what waited goes on
    this.delivery.flushAll();
    return this.news.refresh();
  }

  signOut() {
    Object.assign(this.session, { isSignedOut: true, attributes: {} });
    this.tab.remove("described");
    if (this.session.isSignedIn) {
      this.delivery.shelf.clear();
      if (this.session.mode === "cookie") this.news.tabs.tell("left");
    }
    forgetDrafts();
    return this.restart();
  }

  /** Where the visitor was on the page before, if the panel was open there. @type {{activeId: string|null}|null} */
  get wasOpen() {
    return this.tab.get("open");
  }

  /** What the next page of this tab may want to know. */
  keep() {
    if (this.isOpen) this.tab.set("open", { activeId: this.activeId });
    else this.tab.remove("open");
  }

  /** @param {boolean} isOpen @param {{isUnasked?: boolean}} [how] `isUnasked`: the page wants it, not the visitor, whose focus stays where it is */
  async setOpen(isOpen, { isUnasked = false } = {}) {
    if (this.isOpen === isOpen) return;
    Object.assign(this, { isOpen, isUnasked });
    if (!isOpen) {
      this.reading.leave();
      if (!this.people.company?.hints.live.isWanted) this.news.poll.stop();
    }
    this.changed();
    this.emit(isOpen ? "opened" : "closed", { conversationId: this.activeId });
    if (isOpen) await this.#land();
  }

  /** Waits until it is known who is here. @returns {Promise<boolean>} false where somebody else came meanwhile, who lands by themselves */
  async arrived() {
    const starting = this.start();
    await starting;
    return starting === this.starting;
  }

  async #land() {
    if ((await this.arrived()) && this.isOpen) this.places.land();
  }

  async #begin(epoch) {
    await this.session.identify();
    if (epoch !== this.epoch) return;
    const { id, isMember, isSignedIn, mode } = this.session;
    if (isSignedIn) forgetDrafts(id);
    this.#forWhom(id);
    this.news.tabs.identity = isMember ? id : null;
    if (mode === "cookie") this.news.tabs.tell("cookie");
    await this.#arrive();
    if (epoch !== this.epoch) return;
    this.guestOffer.make();
    this.delivery.flushAll();
    this.changed();
  }

  /** What a guest left half moved goes first. */
  #arrive() {
    const arrive = async () => {
      await this.people.settle();
      await this.pages.list();
    };
    return this.faults.guard(arrive, this.session.guest.kept && (() => this.#arrive()));
  }

  #forWhom(identity) {
    this.delivery?.stop();
    this.delivery = new Delivery(identity, (entry) => this.turns.deliver(entry), this.changed);
    /** What is typed and not sent. It lives as long as the tab, and is not left behind on a shared computer. */
    this.drafts = new Shelf("sessionStorage", `draft.${identity}`);
  }

  #blank() {
    this.epoch += 1;
    this.starting = null;
    this.news.tabs.identity = null;
    this.cache = cached.newCache();
    Object.assign(this, BLANK);
    this.#forWhom("nobody");
    this.news.poll.stop();
    this.people.forget();
    this.help.forget();
    this.typing.cancelAll();
    this.faults.forget();
    this.reading.forget();
    this.turns.forget();
  }
}
