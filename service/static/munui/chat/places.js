/** Where the visitor is: in the list, in a conversation, or on the way into a new one. */

import * as cached from "../cache-adapter.js";
import { uuid4, uuid5 } from "../ids.js";

/** The key of what is typed for a conversation that does not exist yet. */
export const NEXT = "next";

/** Changes `view` ("list", "chat", "article"), `activeId` and `opening`. */
export class Places {
  /** What began by itself in this tab. @type {string|null} */
  #begun = null;

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  showList() {
    this.#go("list", null);
    this.chat.news.poll.start();
    this.chat.help.list();
  }

  /** An article, instead of list or conversation (help.js). */
  read() {
    this.#go("article", null);
  }

  async show(id) {
    const { chat } = this;
    this.#go("chat", id);
    if (!chat.log(id).isLoaded)
      await chat.faults.guard(
        () => chat.pages.load(id),
        () => chat.activeId === id && this.show(id),
      );
    chat.news.poll.start();
    chat.reading.read();
  }

  /** Open the panel where this conversation is. */
  enter(id) {
    this.#go("chat", id);
    return this.chat.setOpen(true);
  }

  /**
   * One request for a member, none for a guest; a repeat after a failure keeps the id.
   * @param {boolean} [isFirst] nobody asked for it: it begins by itself, and is one for all tabs that arrive at once
   */
  async startNew(isFirst = false) {
    const { chat } = this;
    // Before that nobody knows whose it is.
    if (!(await chat.arrived()) || chat.opening?.isBusy) return;
    const { session } = chat;
    const id = chat.opening?.id ?? (isFirst && session.isMember ? uuid5(session.id, "first") : uuid4());
    if (isFirst) this.#begun = id;
    this.#go("chat", null);
    const opening = { id, isBusy: true };
    chat.opening = opening;
    const open = async () => this.#opened(await chat.faults.current(chat.store.open(id)), opening);
    await chat.faults.guard(open, () => chat.opening === opening && this.startNew(isFirst));
    opening.isBusy = false;
  }

  /** Where somebody arrives who opens the chat: where they were, else an open conversation, else a new one. */
  land() {
    const { chat } = this;
    const { conversations, isListed } = chat.cache;
    if (chat.view === "article") return undefined;
    if (chat.activeId) return this.show(chat.activeId);
    if (!isListed)
      return chat.faults.guard(
        () => chat.pages.list(),
        () => chat.cache.isListed || this.land(),
      );
    const last = chat.isUnasked && chat.wasOpen?.activeId;
    const open = conversations.find((one) => one.id === last) ?? conversations.find((one) => one.status === "open");
    if (chat.offer || (!open && conversations.length)) return this.showList();
    return open ? this.show(open.id) : this.startNew(true);
  }

  /** Tabs of a guest that arrive at the same moment have begun one each (people/joining.js). */
  join() {
    const { cache, local, people } = this.chat;
    const mine = this.#begun;
    if (cache.conversations[1] && local.isUntouched(mine))
      people.come().then(
        (company) => company.join(mine),
        () => {},
      );
  }

  /** @param {string} id of a conversation that does not exist any more */
  gone(id) {
    const { chat } = this;
    cached.dropConversation(chat.cache, id);
    if (chat.activeId !== id) return;
    this.showList();
    chat.remark = "not_found";
  }

  #go(view, id) {
    const { chat } = this;
    if (chat.activeId !== id) chat.reading.leave();
    Object.assign(chat, { view, activeId: id, remark: null, opening: null });
    chat.changed();
  }

  #opened(answer, opening) {
    const { chat } = this;
    const { id } = answer.conversation;
    cached.applyOpened(chat.cache, answer);
    chat.news.tabs.tell("opened", answer);
    if (chat.opening !== opening) return undefined; // went elsewhere meanwhile
    const draft = chat.drafts.get(NEXT);
    if (draft) chat.drafts.set(id, draft);
    chat.drafts.remove(NEXT);
    Object.assign(chat, { activeId: id, opening: null });
    if (answer.replayed) return this.show(id);
    chat.reading.seen(id);
    this.join();
    chat.news.poll.start();
    return chat.news.tell(answer.messages);
  }
}
