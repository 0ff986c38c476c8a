/**
 * The state of the chat and everything that changes it: who is here, what is shown, what is sent.
 * Belongs here: which store call an action makes and what its answer or refusal means.
 * Not here: the DOM (view/), merging answers (cache-adapter.js), when to send again (delivery.js).
 */

import * as cached from "./cache-adapter.js";
import { Delivery } from "./delivery.js";
import { Drafts, NEXT } from "./drafts.js";
import { ChatError, isAuth, isTransient } from "./errors.js";
import { uuid4 } from "./ids.js";
import { Outbox } from "./outbox.js";
import { Poll } from "./poll.js";
import { SafeStorage } from "./storage.js";
import { ApiStore } from "./stores/api-store.js";
import { LocalStore } from "./stores/local-store.js";
import { Tabs } from "./tabs.js";
import { Typing } from "./typing.js";

const FRESH = 5_000;

/** One visitor's chat. `onchange` is called after every change, `emit` with what host pages may want to know. */
export class Chat {
  isOpen = false;
  view = "list";
  activeId = null;
  /** A refusal to show above everything: `{code, until}`. */
  problem = null;
  /** A short remark in the conversation: a code of `texts.errors`. */
  remark = null;
  needsSignIn = false;
  /** The question to a member whether to keep a guest's conversations: `{count, state}`. */
  offer = null;
  isStarting = true;
  formFaults = new Map();
  #epoch = 0;
  #starting = null;
  #opening = null;
  #unmarked = new Set();
  #listedAt = 0;
  #again = null;
  #listeners = new AbortController();

  /** @param {{session: import("./session.js").Session, http: import("./http.js").Http, locale: () => string, onchange: () => void, emit: (name: string, detail: object) => void}} options */
  constructor({ session, http, locale, onchange, emit }) {
    Object.assign(this, { session, onchange, emit });
    this.storage = new SafeStorage();
    this.local = new LocalStore({ storage: this.storage, http, locale });
    this.api = new ApiStore(http);
    this.typing = new Typing(() => this.#changed());
    this.poll = new Poll(() => this.#pollOnce());
    this.tabs = new Tabs(http.base, (kind, answer) => this.#heard(kind, answer), (identity) => this.#cookieChanged(identity));
    session.changed = () => this.restart();
    this.#blank();
    this.#listen();
  }

  get store() {
    return this.session.isMember ? this.api : this.local;
  }

  get isOnline() {
    return navigator.onLine !== false;
  }

  get active() {
    return this.activeId && cached.conversationOf(this.cache, this.activeId);
  }

  get unread() {
    return cached.unreadTotal(this.cache);
  }

  /** Whether a new conversation is being opened, and what hindered it. @returns {{error: ChatError|null}|null} */
  get opening() {
    return this.#opening;
  }

  /** Find out who is here and what there is. @returns {Promise<void>} */
  start() {
    this.#starting ??= this.#begin(this.#epoch);
    return this.#starting;
  }

  /** Somebody else is here, or may be: nothing of the former one stays. */
  restart() {
    this.#blank();
    this.#changed();
    return this.start().then(() => this.isOpen && this.#land());
  }

  stop() {
    this.#leave();
    this.#epoch += 1;
    this.delivery.stop();
    this.poll.stop();
    this.typing.cancelAll();
    this.tabs.close();
    clearTimeout(this.#again);
    this.#listeners.abort();
  }

  signIn() {
    this.session.isSignedOut = false;
    const before = this.session.id;
    return this.session.identify().then(() => {
      if (this.session.id !== before) return this.restart();
      this.needsSignIn = false; // the same member with a new token: what waited goes on
      this.delivery.flushAll();
      return this.#refresh();
    });
  }

  signOut() {
    this.session.isSignedOut = true;
    if (this.session.isMember) {
      this.outbox.clear();
      this.drafts.clear();
    }
    return this.restart();
  }

  /** @param {boolean} isOpen */
  async setOpen(isOpen) {
    if (this.isOpen === isOpen) return;
    this.isOpen = isOpen;
    if (!isOpen) {
      this.#leave();
      this.poll.stop();
    }
    this.#changed();
    this.emit(isOpen ? "opened" : "closed", { conversationId: this.activeId });
    if (!isOpen) return;
    await this.start();
    if (this.isOpen) this.#land();
  }

  showList() {
    this.#leave();
    Object.assign(this, { view: "list", activeId: null, remark: null });
    this.#opening = null;
    this.poll.start();
    this.#changed();
  }

  /** @param {string} id */
  async show(id) {
    if (this.activeId !== id) this.#leave();
    Object.assign(this, { view: "chat", activeId: id, remark: null });
    this.#opening = null;
    this.#changed();
    if (!this.log(id).isLoaded) await this.#guard(async () => { cached.applyNewest(this.cache, await this.store.messages(id)); }, () => this.show(id));
    this.poll.start();
    this.#read();
    this.delivery.flush(id);
  }

  /** One request for a member, none for a guest; a repeat after a failure keeps the id. */
  async startNew() {
    if (this.#opening && !this.#opening.error) return;
    this.#leave();
    this.#opening = { id: this.#opening?.id ?? uuid4(), error: null };
    Object.assign(this, { view: "chat", activeId: null, remark: null });
    this.#changed();
    const opening = this.#opening;
    try {
      const answer = await this.#current(this.store.open(opening.id));
      cached.applyOpened(this.cache, answer);
      this.tabs.tell("opened", answer);
      if (this.#opening !== opening) return; // gone elsewhere meanwhile
      this.#opening = null;
      this.activeId = answer.conversation.id;
      this.drafts.set(this.activeId, this.drafts.get(NEXT));
      this.drafts.set(NEXT, "");
      this.#seen(this.activeId);
      if (answer.replayed) await this.show(this.activeId);
      this.poll.start();
      answer.messages.forEach((message) => this.#tell(message));
    } catch (error) {
      if (error.code === "gone") return;
      opening.error = error;
      this.#refused(error, () => this.#opening === opening && this.startNew());
    }
    this.#changed();
  }

  /** @param {object} event @param {string} shown the text that stands for it until the answer is there */
  send(event, shown) {
    const conversationId = this.activeId;
    if (!conversationId || this.active?.status === "completed" || this.isTaken(event.messageId)) return;
    this.remark = null;
    this.formFaults.delete(event.messageId);
    this.outbox.add({ conversationId, clientMessageId: uuid4(), event, shown });
    this.delivery.flush(conversationId);
    this.#changed();
  }

  /** @param {string|undefined} messageId @returns {boolean} whether an answer to it is on its way */
  isTaken(messageId) {
    return Boolean(messageId) && this.outbox.all(this.activeId).some((entry) => entry.event.messageId === messageId);
  }

  /** @param {string} clientMessageId */
  retry(clientMessageId) {
    this.outbox.mark(clientMessageId, null);
    this.delivery.flush(this.activeId);
    this.#changed();
  }

  /** Take an unsent message back; its text returns to the input. @param {string} clientMessageId */
  discard(clientMessageId) {
    const entry = this.outbox.get(clientMessageId);
    this.outbox.remove(clientMessageId);
    if (entry?.event.type === "text" && !this.drafts.get(entry.conversationId)) this.drafts.set(entry.conversationId, entry.event.content);
    this.#changed();
  }

  /** @param {string} id @returns {object} */
  log(id) {
    return cached.logOf(this.cache, id);
  }

  async loadOlder() {
    const id = this.activeId;
    const log = this.log(id);
    if (!log.previousCursor || log.isLoadingOlder) return;
    log.isLoadingOlder = true;
    await this.#guard(async () => { cached.applyOlder(this.cache, await this.#current(this.store.messages(id, { before: log.previousCursor }))); });
    log.isLoadingOlder = false;
    this.#changed();
  }

  async loadMore() {
    await this.#guard(async () => { cached.applyList(this.cache, await this.#current(this.store.list({ cursor: this.cache.nextCursor })), true); });
  }

  /** @param {boolean} isWanted whether the guest's conversations become the member's */
  async answerOffer(isWanted) {
    if (!isWanted) {
      this.drafts.set("declined", true);
      this.offer = null;
      return this.#changed();
    }
    this.offer.state = "working";
    this.#changed();
    try {
      for (const portion of this.local.forImport()) await this.#import(portion);
      this.offer = null;
    } catch (error) {
      if (error.code === "gone") return undefined;
      this.offer.state = "failed";
      this.#refused(error);
    }
    return this.#changed();
  }

  async #import(portion) {
    const answer = await this.#current(this.api.importGuest(portion));
    const sent = new Set(portion.map((one) => one.clientConversationId));
    answer.conversations.forEach((one) => {
      if (sent.has(one.clientConversationId)) this.local.forget(one.clientConversationId);
    });
    cached.applyList(this.cache, await this.#current(this.store.list()));
  }

  async #begin(epoch) {
    await this.session.identify();
    if (epoch !== this.#epoch) return;
    this.#identified();
    await this.#guard(() => this.#list());
    if (epoch !== this.#epoch) return;
    this.isStarting = false;
    if (this.session.isMember) this.#prepareOffer();
    if (this.isOnline) this.delivery.flushAll();
    this.#changed();
  }

  #identified() {
    const { id, isMember, mode } = this.session;
    this.outbox = new Outbox(this.storage, id);
    this.drafts = new Drafts(id);
    this.delivery.stop();
    this.delivery = new Delivery(this.outbox, (entry) => this.#deliver(entry), () => this.#changed());
    this.tabs.join(isMember ? id : null);
    if (mode === "cookie") this.tabs.tell("cookie", null);
  }

  #prepareOffer() {
    const count = this.local.forImport().flat().length;
    if (count && !this.drafts.get("declined")) this.offer = { count, state: "asking" };
  }

  #blank() {
    this.#epoch += 1;
    this.#starting = null;
    this.delivery?.stop();
    this.poll.stop();
    this.typing.cancelAll();
    clearTimeout(this.#again);
    this.cache = cached.newCache();
    this.outbox = new Outbox(this.storage, "nobody");
    this.drafts = new Drafts("nobody");
    this.delivery = new Delivery(this.outbox, async () => {}, () => {});
    Object.assign(this, { view: "list", activeId: null, problem: null, remark: null, needsSignIn: false, offer: null, isStarting: true });
    this.#opening = null;
    this.#unmarked.clear();
    this.formFaults.clear();
  }

  /** Where somebody arrives who opens the chat: where they were, else the conversation that is open, else a new one. */
  #land() {
    if (this.view === "chat" && this.activeId) return this.show(this.activeId);
    if (this.#opening) return this.startNew();
    if (!this.cache.isListed) return this.#guard(() => this.#list(), () => this.#land());
    const open = this.cache.conversations.find((one) => one.status === "open");
    if (this.offer) return this.showList();
    if (open) return this.show(open.id);
    return this.cache.conversations.length ? this.showList() : this.startNew();
  }

  async #list() {
    cached.applyList(this.cache, await this.#current(this.store.list()));
    this.#listedAt = Date.now();
    if (this.isOpen && this.#isVisible && this.active) this.#read();
  }

  async #deliver(entry) {
    const { conversationId, clientMessageId, event } = entry;
    if (!this.outbox.get(clientMessageId)) return this.#putRight(conversationId); // another tab was quicker
    if (this.activeId === conversationId && this.session.isMember) this.typing.await(conversationId);
    this.#changed();
    try {
      const answer = await this.#current(this.store.turn(conversationId, { clientMessageId, event }));
      this.#arrived(answer, clientMessageId);
    } catch (error) {
      if (error.code === "gone") return undefined;
      this.typing.cancel(conversationId);
      await this.#rejected(error, entry);
    }
    return undefined;
  }

  #arrived(answer, clientMessageId) {
    const { id } = answer.conversation;
    const wasOpen = cached.conversationOf(this.cache, id)?.status !== "completed";
    this.outbox.remove(clientMessageId);
    this.typing.cancel(id);
    answer.updatedMessages.forEach((message) => this.drafts.set(`${id}.${message.id}`, ""));
    this.problem = null;
    this.needsSignIn = false;
    const fresh = cached.applyTurn(this.cache, answer);
    if (this.#isSeen(id)) this.#seen(id);
    this.tabs.tell("turn", { ...answer, conversation: cached.conversationOf(this.cache, id) });
    if (this.activeId === id && this.isOpen) this.poll.start();
    this.#changed();
    fresh.forEach((message) => this.#tell(message));
    if (wasOpen && answer.conversation.status === "completed") this.emit("completed", { conversationId: id });
  }

  async #rejected(error, entry) {
    const { conversationId, clientMessageId, event } = entry;
    this.#refused(error);
    if (isTransient(error) || isAuth(error)) throw error;
    if (error.code === "invalid_form" && error.errors.length) {
      this.formFaults.set(event.messageId, error.errors);
      return this.outbox.remove(clientMessageId);
    }
    if (!["already_answered", "conversation_completed", "not_found", "unknown_chip", "invalid_form"].includes(error.code)) throw error;
    this.outbox.remove(clientMessageId);
    this.remark = error.code;
    if (event.type === "text") this.drafts.set(NEXT, this.drafts.get(NEXT) || event.content);
    return this.#putRight(conversationId);
  }

  /** What is shown does not agree with the store any more: read it once. */
  async #putRight(id) {
    try {
      cached.applyNewest(this.cache, await this.#current(this.store.messages(id)));
    } catch (error) {
      if (error.code === "not_found") this.#gone(id);
    }
    this.#changed();
  }

  #gone(id) {
    cached.dropConversation(this.cache, id);
    if (this.activeId === id) this.showList();
    this.remark = "not_found";
  }

  async #pollOnce() {
    const id = this.activeId;
    if (!this.session.isMember || !this.isOnline || this.needsSignIn) return false;
    try {
      if (!id) return await this.#list().then(() => false);
      const log = this.log(id);
      const page = await this.#current(log.pollCursor ? this.store.messages(id, { after: log.pollCursor, etag: log.etag }) : this.store.messages(id));
      return page ? this.#polled(id, page) : false;
    } catch (error) {
      if (error.code === "not_found") this.#gone(id);
      else if (error.code !== "gone" && !isTransient(error)) this.#refused(error);
      return false;
    } finally {
      this.#changed();
    }
  }

  async #polled(id, page) {
    const before = this.active;
    const fresh = this.log(id).pollCursor ? cached.applyNewer(this.cache, page) : cached.applyNewest(this.cache, page);
    if (fresh.some((one) => one.inReplyTo && this.#isFormAnswered(id, one.inReplyTo))) await this.#putRight(id);
    fresh.forEach((message) => this.#tell(message));
    if (before?.status === "open" && page.conversation.status === "completed") this.emit("completed", { conversationId: id });
    if (fresh.length) this.#read();
    return fresh.length > 0;
  }

  #isFormAnswered(id, messageId) {
    const form = this.log(id).messages.find((one) => one.id === messageId);
    return form?.kind === "form" && !form.answer;
  }

  /** Marks the conversation that is looked at, once for what is unread in it. */
  #read() {
    const { active } = this;
    if (!active || !this.#isVisible || !this.isOpen || (!active.unreadCount && this.store.isLocal)) return;
    if (active.unreadCount) this.#mark(active.id);
  }

  /** A turn of one's own was read as it came; the service hears of it on leaving, not with a request of its own. */
  #seen(id) {
    if (this.store.isLocal) this.#mark(id);
    else this.#unmarked.add(id);
    const conversation = cached.conversationOf(this.cache, id);
    if (conversation) cached.applyRead(this.cache, { conversationId: id, unreadCount: 0, lastReadAt: conversation.lastReadAt });
  }

  #leave() {
    const id = this.activeId;
    if (!id) return;
    this.typing.cancel(id);
    if (this.#unmarked.has(id)) this.#mark(id, { leaving: true });
  }

  async #mark(id, options) {
    this.#unmarked.delete(id);
    const conversation = cached.conversationOf(this.cache, id);
    if (conversation) conversation.unreadCount = 0;
    try {
      const answer = await this.#current(this.store.markRead(id, options));
      cached.applyRead(this.cache, answer);
      this.tabs.tell("read", answer);
    } catch (error) {
      if (error.code !== "gone") this.#unmarked.add(id); // tried again on leaving
    }
    this.#changed();
  }

  get #isVisible() {
    return !document.hidden;
  }

  #isSeen(id) {
    return this.isOpen && this.activeId === id && this.#isVisible;
  }

  #heard(kind, answer) {
    if (kind === "read") cached.applyRead(this.cache, answer);
    else if (kind === "opened") cached.applyOpened(this.cache, answer);
    else if (kind === "turn") cached.applyTurn(this.cache, answer);
    this.#changed();
  }

  #cookieChanged(identity) {
    if (this.session.mode !== "cookie") return;
    this.session.cookieMember = identity;
    this.restart();
  }

  #listen() {
    const options = { signal: this.#listeners.signal };
    addEventListener("online", () => { this.delivery.flushAll(); this.#refresh(); }, options);
    addEventListener("offline", () => this.#changed(), options);
    addEventListener("focus", () => this.#refresh(), options);
    addEventListener("pagehide", () => this.#leave(), options);
    addEventListener("storage", ({ key }) => this.outbox.owns(key) && this.#changed(), options);
    document.addEventListener("visibilitychange", () => this.#visibility(), options);
    this.local.watch((id) => this.#localChanged(id), this.#listeners.signal);
  }

  #visibility() {
    if (document.hidden) this.#leave();
    else this.#refresh();
    if (this.isOpen) this.poll.visible(!document.hidden);
  }

  /** Back at the page: the badges are put right, once in a while. */
  async #refresh() {
    this.#changed();
    if (this.isStarting || this.needsSignIn || document.hidden) return;
    if (!this.cache.isListed && this.isOpen) await this.#land();
    else if (Date.now() - this.#listedAt > FRESH || !this.cache.isListed) await this.#guard(() => this.#list());
  }

  async #localChanged(id) {
    if (this.session.isMember) return;
    await this.#guard(async () => {
      await this.#list();
      if (!this.activeId) return;
      if (!this.active) return this.#gone(this.activeId);
      if (id === this.activeId || !id) cached.applyNewest(this.cache, await this.store.messages(this.activeId));
      this.#read();
      return undefined;
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
      else if (error.code !== "gone" && epoch === this.#epoch) this.#refused(error, again);
    }
    this.#changed();
  }

  #refused(error, again = null) {
    if (error.code === "member_changed") return;
    if (isAuth(error)) this.needsSignIn = true;
    clearTimeout(this.#again);
    const seconds = isTransient(error) && this.isOnline ? (error.retryAfter ?? 5) : null;
    if (!["invalid_form", "already_answered", "conversation_completed", "unknown_chip"].includes(error.code)) {
      this.problem = { code: error.code, until: seconds && Date.now() + seconds * 1000, again };
    }
    if (seconds && again) this.#again = setTimeout(again, seconds * 1000);
    this.emit("error", { code: error.code ?? "internal", status: error.status ?? 0, detail: error.message, requestId: error.requestId ?? null, retryAfter: error.retryAfter ?? null });
  }

  /** The answer, unless somebody else is here by now. */
  async #current(promise) {
    const epoch = this.#epoch;
    const answer = await promise.catch((error) => {
      throw epoch === this.#epoch ? error : new ChatError("gone");
    });
    if (epoch !== this.#epoch) throw new ChatError("gone");
    return answer;
  }

  #tell(message) {
    this.emit("message", { conversationId: message.conversationId, message });
  }

  #changed() {
    this.onchange();
  }
}
