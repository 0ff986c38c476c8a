/**
 * What reaches the chat from elsewhere: other devices, other tabs, the page that comes back, the network; and what the
 * host page hears of it. The means (asking now and then, a channel between tabs) stand in elsewhere.js.
 */

import * as cached from "../cache-adapter.js";
import { Poll, Tabs } from "../elsewhere.js";

const HEARD = { opened: cached.applyOpened, turn: cached.applyTurn, read: cached.applySeen };

/** Listens, and asks. */
export class News {
  #listeners = new AbortController();
  /** Whether the member who was here has signed out in another tab: who comes there next comes here, too. */
  #isLeft = false;

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.poll = new Poll(
      () => this.#ask(),
      () => chat.people.company?.hints.isUrgent,
    );
    this.tabs = new Tabs(
      chat.http.base,
      (kind, answer) => this.#heard(kind, answer),
      (member) => this.#cookieChanged(member),
    );
  }

  listen() {
    const { chat } = this;
    const { signal } = this.#listeners;
    const on = (target, type, listener) => target.addEventListener(type, listener, { signal });
    on(window, "online", () => {
      chat.delivery.flushAll();
      chat.people.company?.hints.live.hurry();
      this.refresh();
    });
    on(window, "offline", () => chat.http.probe().then(chat.changed));
    on(window, "focus", () => this.refresh());
    on(window, "pagehide", () => {
      chat.keep();
      chat.reading.leave();
    });
    on(window, "storage", ({ key }) => {
      if (key === chat.session.guest.key) this.#guestChanged();
      else chat.changed(); // another tab's outbox
    });
    on(document, "visibilitychange", () => {
      if (document.hidden) {
        chat.reading.leave();
        chat.changed();
      } else this.refresh();
      this.poll.visibility();
    });
    chat.local.watch(() => this.#localChanged(), signal);
  }

  stop() {
    this.poll.stop();
    this.tabs.close();
    this.#listeners.abort();
  }

  /** Back at the page: the badges are put right, once in a while. */
  async refresh() {
    const { chat } = this;
    const { starting } = chat;
    chat.changed();
    await starting;
    if (starting !== chat.starting) return; // somebody else is here by now, for whom all is read anew
    if (chat.needsSignIn || document.hidden || chat.people.isMoving || Date.now() - chat.pages.listedAt < 5000) return;
    chat.pages.listedAt = Date.now();
    if (chat.cache.isListed || !chat.isOpen) await chat.faults.guard(() => chat.pages.list());
    else await chat.places.land();
  }

  /** To the host page. @param {object[]} messages new ones @param {object|false} [wasOpen] their conversation, if it was open until now */
  tell(messages, wasOpen) {
    const { emit } = this.chat;
    messages.forEach((message) => emit("message", { conversationId: message.conversationId, message }));
    if (wasOpen && wasOpen.status === "completed") emit("completed", { conversationId: wasOpen.id });
  }

  async #ask() {
    const { chat } = this;
    const id = chat.activeId;
    if (chat.store.isLocal || chat.needsSignIn || chat.active?.status === "left") return false;
    const { hints } = chat.people.company ?? {};
    if (hints?.live.isWanted) return !hints.areEnough && hints.pullAll();
    let isNew = false;
    await chat.faults.guard(async () => {
      if (!id) return chat.pages.list();
      const { pollCursor: after, etag } = chat.log(id);
      const page = await chat.faults.current(chat.store.messages(id, { after, etag }));
      if (page) isNew = await this.#polled(id, page, after);
      return undefined;
    });
    return isNew;
  }

  async #polled(id, page, after) {
    const { chat } = this;
    const wasOpen = chat.active?.status === "open";
    const fresh = (after ? cached.applyNewer : cached.applyNewest)(chat.cache, page);
    const isUnknown = ({ id: form, kind, answer }) =>
      kind === "form" && !answer && fresh.some((one) => one.inReplyTo === form);
    if (chat.log(id).messages.some(isUnknown)) await chat.pages.putRight(id);
    this.tell(fresh, wasOpen && page.conversation);
    if (fresh.length) chat.reading.read();
    return fresh.length > 0;
  }

  #heard(kind, answer) {
    if (kind === "live") return this.chat.people.company?.hints.live.relayed(answer);
    // The cookie is that of all tabs; whose member comes by a token is told by its page.
    if (kind === "left") return this.chat.session.mode === "cookie" && this.#left();
    if (kind === "cookie") return this.chat.needsSignIn && this.chat.signIn();
    HEARD[kind]?.(this.chat.cache, answer);
    return this.chat.changed();
  }

  #left() {
    this.#isLeft = true;
    this.tabs.identity = null; // they have been told
    return this.chat.signOut();
  }

  #cookieChanged(member) {
    const { session } = this.chat;
    if (this.#isLeft) session.isSignedOut = this.#isLeft = false;
    else if (!["cookie", "visit"].includes(session.mode)) return;
    session.cookieMember = member;
    this.chat.restart();
  }

  /** In another tab this guest got an account, or it became a member's. */
  #guestChanged() {
    const { session, people } = this.chat;
    if (session.isSignedIn || people.isMoving || (session.guest.id ?? "guest") === session.id) return;
    this.chat.restart();
  }

  /** Another tab of this guest did something. */
  async #localChanged() {
    const { chat } = this;
    if (!chat.store.isLocal || chat.people.isMoving) return;
    await chat.faults.guard(async () => {
      const id = chat.activeId;
      if (id) cached.applyNewest(chat.cache, await chat.local.messages(id));
      await chat.pages.list();
      chat.places.join();
    });
  }
}
