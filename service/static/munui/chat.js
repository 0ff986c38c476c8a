/**
 * The state of the chat and what changes it: who is here, what is shown, which store call an action makes, and what its
 * answer or refusal means. Not here: the DOM (view/), merging answers (cache-adapter.js), sending again (delivery.js).
 */

import * as cached from "./cache-adapter.js";
import { Delivery } from "./delivery.js";
import { Poll, Tabs } from "./elsewhere.js";
import { refuse } from "./errors.js";
import { uuid4 } from "./ids.js";
import { Shelf } from "./storage.js";
import { ApiStore } from "./stores/api-store.js";
import { LocalStore } from "./stores/local-store.js";
import { Typing } from "./typing.js";

/** The key of what is typed for a conversation that does not exist yet. */
const NEXT = "next";
/** Refusals after which the conversation looks different from what was thought. */
const OUTDATED = ["already_answered", "conversation_completed", "not_found", "unknown_chip", "invalid_form"];

/** One visitor's chat. */
export class Chat {
  isOpen = false;
  /** Faults that the store found, by the id of the form. @type {Map<string, {field: string, message: string}[]>} */
  formFaults = new Map();
  #epoch = 0;
  #starting = null;
  #unmarked = new Set();
  #listedAt = 0;
  #again = null;
  #listeners = new AbortController();

  /** @param {import("./http.js").Http} http @param {() => void} changed called after every change @param {(name: string, detail: object) => void} emit tells the host page */
  constructor(http, changed, emit) {
    Object.assign(this, { session: http.session, changed, emit });
    this.local = new LocalStore(http, http.locale);
    this.api = new ApiStore(http);
    this.typing = new Typing(changed);
    this.poll = new Poll(() => this.#pollOnce());
    this.tabs = new Tabs(http.base, (kind, answer) => this.#heard(kind, answer), (member) => this.#cookieChanged(member));
    this.session.changed = () => this.restart();
    this.#blank();
    this.#listen();
  }

  get store() {
    return this.session.isMember ? this.api : this.local;
  }

  get isOnline() {
    return navigator.onLine;
  }

  get active() {
    return cached.conversationOf(this.cache, this.activeId);
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

  log(id) {
    return cached.logOf(this.cache, id);
  }

  unsent() {
    return this.delivery.unsent(this.activeId);
  }

  /** Find out who is here and what there is. */
  start() {
    this.#starting ??= this.#begin(this.#epoch);
    return this.#starting;
  }

  /** Somebody else is here, or may be: nothing of the former one stays. */
  async restart() {
    this.#blank();
    this.changed();
    await this.start();
    if (this.isOpen) this.#land();
  }

  stop() {
    this.#leave();
    this.#blank();
    this.tabs.close();
    this.#listeners.abort();
  }

  async signIn() {
    const before = this.session.id;
    this.session.isSignedOut = false;
    await this.session.identify();
    if (this.session.id !== before) return this.restart();
    this.needsSignIn = false; // the same member with a new token: what waited goes on
    this.delivery.flushAll();
    return this.#refresh();
  }

  signOut() {
    this.session.isSignedOut = true;
    if (this.session.isMember) {
      this.delivery.shelf.clear();
      this.drafts.clear();
    }
    return this.restart();
  }

  async setOpen(isOpen) {
    if (this.isOpen === isOpen) return;
    this.isOpen = isOpen;
    if (!isOpen) {
      this.#leave();
      this.poll.stop();
    }
    this.changed();
    this.emit(isOpen ? "opened" : "closed", { conversationId: this.activeId });
    if (isOpen) await this.start();
    if (this.isOpen) this.#land();
  }

  showList() {
    this.#go("list", null);
    this.poll.start();
  }

  async show(id) {
    this.#go("chat", id);
    if (!this.log(id).isLoaded) await this.#guard(() => this.#load(id), () => this.show(id));
    this.poll.start();
    this.#read();
  }

  /** One request for a member, none for a guest; a repeat after a failure keeps the id. */
  async startNew() {
    if (this.opening?.isBusy) return;
    const id = this.opening?.id ?? uuid4();
    this.#go("chat", null);
    const opening = (this.opening = { id, isBusy: true });
    await this.#guard(async () => this.#opened(await this.#current(this.store.open(id)), opening), () => this.opening === opening && this.startNew());
    opening.isBusy = false;
  }

  /** @param {object} event @param {string} shown the text that stands for it until the answer is there */
  send(event, shown) {
    const conversationId = this.activeId;
    if (this.active?.status !== "open" || this.isTaken(event.messageId)) return;
    this.remark = null;
    this.formFaults.delete(event.messageId);
    this.delivery.add({ conversationId, clientMessageId: uuid4(), event, shown });
    this.changed();
  }

  /** Whether an answer to this message is on its way. */
  isTaken(messageId) {
    return Boolean(messageId) && this.unsent().some((entry) => entry.event.messageId === messageId);
  }

  /** Take an unsent message back; its text returns to the input. @param {import("./delivery.js").Entry} entry */
  discard({ clientMessageId, conversationId, event }) {
    this.delivery.shelf.remove(clientMessageId);
    if (event.content && !this.drafts.get(conversationId)) this.drafts.set(conversationId, event.content);
    this.changed();
  }

  async loadOlder() {
    const id = this.activeId;
    const log = this.log(id);
    if (!log.previousCursor || log.isBusy) return;
    log.isBusy = true;
    await this.#guard(async () => cached.applyOlder(this.cache, await this.#current(this.store.messages(id, { before: log.previousCursor }))));
    log.isBusy = false;
  }

  loadMore() {
    return this.#guard(async () => cached.applyList(this.cache, await this.#current(this.store.list(this.cache.nextCursor)), true));
  }

  /** @param {boolean} isWanted whether the guest's conversations become the member's */
  async answerOffer(isWanted) {
    if (!isWanted) {
      this.drafts.set("declined", true);
      this.offer = null;
      return this.changed();
    }
    this.offer = { ...this.offer, isBusy: true };
    this.changed();
    await this.#guard(async () => {
      for (const portion of this.local.forImport()) await this.#import(portion);
      this.offer = null;
    });
    if (this.offer) this.offer = { ...this.offer, isBusy: false };
    return this.changed();
  }

  async #import(portion) {
    const { conversations } = await this.#current(this.api.importGuest(portion));
    conversations.forEach((one) => this.local.forget(one.clientConversationId));
    cached.applyList(this.cache, await this.#current(this.api.list()));
  }

  async #load(id) {
    cached.applyNewest(this.cache, await this.#current(this.store.messages(id)));
    const log = this.log(id);
    // The question that waits may stand further up, if much was written since.
    const isAsked = () => log.messages.some((one) => one.payload && !one.answeredAt);
    while (this.active?.status === "open" && !isAsked() && log.previousCursor && !this.problem) await this.loadOlder();
  }

  async #begin(epoch) {
    await this.session.identify();
    if (epoch !== this.#epoch) return;
    const { id, isMember, mode } = this.session;
    this.#forWhom(id);
    this.tabs.identity = isMember ? id : null;
    if (mode === "cookie") this.tabs.tell("cookie");
    await this.#guard(() => this.#list());
    if (epoch !== this.#epoch) return;
    const count = isMember && !this.drafts.get("declined") && this.local.forImport().flat().length;
    if (count) this.offer = { count };
    if (this.isOnline) this.delivery.flushAll();
    this.changed();
  }

  #forWhom(identity) {
    this.delivery?.stop();
    this.delivery = new Delivery(identity, (entry) => this.#deliver(entry), this.changed);
    /** What is typed and not sent. It lives as long as the tab, and is not left behind on a shared computer. */
    this.drafts = new Shelf("sessionStorage", `draft.${identity}`);
  }

  #blank() {
    this.#epoch += 1;
    this.#starting = null;
    this.poll.stop();
    this.typing.cancelAll();
    clearTimeout(this.#again);
    this.cache = cached.newCache();
    this.#forWhom("nobody");
    Object.assign(this, { view: "list", activeId: null, opening: null, problem: null, remark: null, needsSignIn: false, offer: null });
    this.#unmarked.clear();
    this.formFaults.clear();
  }

  #go(view, id) {
    if (this.activeId !== id) this.#leave();
    Object.assign(this, { view, activeId: id, remark: null, opening: null });
    this.changed();
  }

  /** Where somebody arrives who opens the chat: where they were, else an open conversation, else a new one. */
  #land() {
    if (this.activeId) return this.show(this.activeId);
    if (!this.cache.isListed) return this.#guard(() => this.#list(), () => this.#land());
    const open = this.cache.conversations.find((one) => one.status === "open");
    if (this.offer || (!open && this.cache.conversations.length)) return this.showList();
    return open ? this.show(open.id) : this.startNew();
  }

  async #list() {
    cached.applyList(this.cache, await this.#current(this.store.list()));
    this.#listedAt = Date.now();
    this.#read();
  }

  #opened(answer, opening) {
    const { id } = answer.conversation;
    cached.applyOpened(this.cache, answer);
    this.tabs.tell("opened", answer);
    if (this.opening !== opening) return undefined; // went elsewhere meanwhile
    this.#move(NEXT, id);
    Object.assign(this, { activeId: id, opening: null });
    if (answer.replayed) return this.show(id);
    this.#seen(id);
    this.poll.start();
    return answer.messages.forEach((message) => this.#tell(message));
  }

  #move(from, to) {
    if (this.drafts.get(from)) this.drafts.set(to, this.drafts.get(from));
    this.drafts.remove(from);
  }

  async #deliver(entry) {
    const { conversationId, clientMessageId, event } = entry;
    if (this.activeId === conversationId && !this.store.isLocal) this.typing.await(conversationId);
    try {
      this.#arrived(await this.#current(this.store.turn(conversationId, { clientMessageId, event })), clientMessageId);
    } catch (error) {
      this.typing.cancel(conversationId);
      if (error.code !== "gone") await this.#rejected(error, entry);
    }
  }

  #arrived(answer, clientMessageId) {
    const { id } = answer.conversation;
    const wasOpen = cached.conversationOf(this.cache, id)?.status === "open";
    this.delivery.shelf.remove(clientMessageId);
    this.typing.cancel(id);
    answer.updatedMessages.forEach((message) => this.drafts.remove(message.id));
    this.problem = null;
    this.needsSignIn = false;
    const fresh = cached.applyTurn(this.cache, answer);
    if (this.#isSeen(id)) this.#seen(id);
    this.tabs.tell("turn", { ...answer, conversation: cached.conversationOf(this.cache, id) });
    if (this.isOpen) this.poll.start();
    this.changed();
    this.#news(fresh, wasOpen, answer.conversation);
  }

  #news(fresh, wasOpen, { id, status }) {
    fresh.forEach((message) => this.#tell(message));
    if (wasOpen && status === "completed") this.emit("completed", { conversationId: id });
  }

  async #rejected(error, { conversationId, clientMessageId, event }) {
    this.#refused(error);
    if (error.isTransient || error.isAuth || !OUTDATED.includes(error.code)) throw error;
    this.delivery.shelf.remove(clientMessageId);
    if (error.code === "invalid_form" && error.errors.length) this.formFaults.set(event.messageId, error.errors);
    else {
      this.remark = error.code;
      if (event.content && !this.drafts.get(NEXT)) this.drafts.set(NEXT, event.content);
      await this.#putRight(conversationId);
    }
    this.changed();
  }

  /** What is shown does not agree with the store any more: read it once. */
  async #putRight(id) {
    try {
      cached.applyNewest(this.cache, await this.#current(this.store.messages(id)));
    } catch (error) {
      if (error.code === "not_found") this.#gone(id);
    }
  }

  #gone(id) {
    cached.dropConversation(this.cache, id);
    if (this.activeId === id) this.showList();
    this.remark = "not_found";
  }

  async #pollOnce() {
    const id = this.activeId;
    if (this.store.isLocal || !this.isOnline || this.needsSignIn) return false;
    let isNew = false;
    await this.#guard(async () => {
      if (!id) return this.#list();
      const { pollCursor: after, etag } = this.log(id);
      const page = await this.#current(this.store.messages(id, { after, etag }));
      if (page) isNew = await this.#polled(id, page, after);
      return undefined;
    });
    return isNew;
  }

  async #polled(id, page, after) {
    const wasOpen = this.active?.status === "open";
    const fresh = (after ? cached.applyNewer : cached.applyNewest)(this.cache, page);
    const isUnknown = ({ id: form, kind, answer }) => kind === "form" && !answer && fresh.some((one) => one.inReplyTo === form);
    if (this.log(id).messages.some(isUnknown)) await this.#putRight(id);
    this.#news(fresh, wasOpen, page.conversation);
    if (!fresh.length && this.active && this.#isSeen(id) && this.#unmarked.has(id)) this.active.unreadCount = 0;
    if (fresh.length) this.#read();
    return fresh.length > 0;
  }

  /** Marks the conversation that is looked at, once for what is unread in it. */
  #read() {
    const { active } = this;
    if (!active?.unreadCount || !this.#isSeen(active.id)) return;
    if (this.#unmarked.has(active.id)) active.unreadCount = 0;
    else this.#mark(active.id);
  }

  /** The answer to one's own turn is read as it comes; the service hears of it on leaving, not with a request of its own. */
  #seen(id) {
    if (this.store.isLocal) this.#mark(id);
    else this.#unmarked.add(id);
    cached.conversationOf(this.cache, id).unreadCount = 0;
  }

  #leave() {
    this.typing.cancel(this.activeId);
    if (this.#unmarked.has(this.activeId)) this.#mark(this.activeId, true);
  }

  async #mark(id, isLeaving) {
    this.#unmarked.delete(id);
    cached.conversationOf(this.cache, id).unreadCount = 0;
    try {
      const answer = await this.#current(this.store.markRead(id, isLeaving));
      cached.applyRead(this.cache, answer);
      this.tabs.tell("read", answer);
    } catch (error) {
      if (error.code !== "gone") this.#unmarked.add(id); // tried again on leaving
    }
    this.changed();
  }

  #isSeen(id) {
    return this.isOpen && this.activeId === id && !document.hidden;
  }

  #heard(kind, answer) {
    ({ opened: cached.applyOpened, turn: cached.applyTurn, read: cached.applyRead })[kind]?.(this.cache, answer);
    this.changed();
  }

  #cookieChanged(member) {
    if (this.session.mode !== "cookie") return;
    this.session.cookieMember = member;
    this.restart();
  }

  #listen() {
    const { signal } = this.#listeners;
    const on = (target, type, listener) => target.addEventListener(type, listener, { signal });
    on(window, "online", () => { this.delivery.flushAll(); this.#refresh(); });
    on(window, "offline", this.changed);
    on(window, "focus", () => this.#refresh());
    on(window, "pagehide", () => this.#leave());
    on(window, "storage", this.changed); // another tab's outbox
    on(document, "visibilitychange", () => {
      if (document.hidden) this.#leave();
      else this.#refresh();
      this.poll.visibility();
    });
    this.local.watch(() => this.#localChanged(), signal);
  }

  /** Back at the page: the badges are put right, once in a while. */
  async #refresh() {
    this.changed();
    await this.#starting;
    if (this.needsSignIn || document.hidden || !this.isOnline || Date.now() - this.#listedAt < 5000) return;
    this.#listedAt = Date.now();
    if (this.cache.isListed || !this.isOpen) await this.#guard(() => this.#list());
    else await this.#land();
  }

  /** Another tab of this guest did something. */
  async #localChanged() {
    if (!this.store.isLocal) return;
    await this.#guard(async () => {
      const id = this.activeId;
      if (id) cached.applyNewest(this.cache, await this.local.messages(id));
      await this.#list();
    });
  }

  /** Runs what reads; shows why it failed, and repeats it where that may help. */
  async #guard(task, again = null) {
    const epoch = this.#epoch;
    try {
      await task();
      if (epoch === this.#epoch && !this.needsSignIn) this.problem = null;
    } catch (error) {
      if (error.code === "not_found" && this.activeId) this.#gone(this.activeId);
      else if (epoch === this.#epoch) this.#refused(error, again);
    }
    this.changed();
  }

  #refused(error, again = null) {
    const { code = "internal", status = 0, message, requestId = null, retryAfter = null } = error;
    if (code === "internal" && !status) console.error(error);
    if (error.isAuth) this.needsSignIn = true;
    clearTimeout(this.#again);
    const seconds = error.isTransient && this.isOnline ? retryAfter ?? 5 : 0;
    if (!OUTDATED.includes(code)) this.problem = { code, until: seconds && Date.now() + seconds * 1000, again };
    if (seconds && again) this.#again = setTimeout(again, seconds * 1000);
    this.emit("error", { code, status, detail: message, requestId, retryAfter });
  }

  /** The answer, unless somebody else is here by now. */
  async #current(promise) {
    const epoch = this.#epoch;
    try {
      return await promise;
    } finally {
      if (epoch !== this.#epoch) refuse("gone"); // eslint-disable-line no-unsafe-finally
    }
  }

  #tell(message) {
    this.emit("message", { conversationId: message.conversationId, message });
  }
}
