/**
 * One conversation as the screen shows it: what was said, notes, activities, whoever it belongs to, who else is there.
 *
 * Belongs here: reading it, and keeping it as it is now. Does not belong here: what operators do to it (`changes.js`),
 * what is written and not sent yet (`outbox.js`, `drafts.js`), how it looks (`view/conversation/`).
 *
 * Dispatches `change`; `own` when something that this operator did was answered; `said` with messages of others that have just
 * come; `gone`.
 */

import * as history from "./history.js";

/** When somebody who typed, and did not tell of it again, does no more; in milliseconds. */
const FORGOTTEN = 8000;
/** How many messages come first, with each step further up, and at most at once. */
const PAGE = 50;
const OLDER = 100;
const MOST = 200;

export class Conversation extends EventTarget {
  /** As lists have it, always the newest that was seen. @type {object|null} */
  row = null;
  /** With attributes and browser. @type {object|null} */
  contact = null;
  notes = [];
  activities = [];
  inquiries = [];
  former = [];
  /** Colleagues who look at it. */
  viewers = [];
  history = history.newHistory();
  /** Why it cannot be shown or is not up to date, if so. @type {Error|null} */
  problem = null;
  isLoadingOlder = false;
  /** What has been shown, all of it: what a reply that is begun now may say it has seen. @type {{rev: number, messagesRev: number}|null} */
  seen = null;
  #typing = new Map();
  #pulling = null;
  #asksOlder = null;
  #isPullWanted = false;
  /** What was heard while something was being done to it. @type {object|null} */
  #heard = null;
  /** What it was when everything beside it was last read. */
  #around = "";
  /** How often a note was written, changed or deleted here, and how often was told who looks. */
  #noted = 0;
  #looked = 0;

  /** @param {import("./api.js").Api} api @param {string} id @param {{id: string, displayName: string}} me */
  constructor(api, id, me) {
    super();
    Object.assign(this, { api, id, me });
  }

  get path() {
    return `/conversations/${this.id}`;
  }

  get isLoaded() {
    return this.history.isLoaded;
  }

  /** Whether it was deleted, as with the account of who wrote. */
  get isGone() {
    return this.problem?.code === "not_found";
  }

  get messages() {
    return this.history.messages;
  }

  /** Who types: the customer, and ids of colleagues. @returns {{customer: boolean, operators: string[]}} */
  get typing() {
    const ids = [...this.#typing.keys()];
    return { customer: ids.includes(""), operators: ids.filter((id) => id && id !== this.me.id) };
  }

  /** Everything by one request; what is here already is brought up to date instead. @param {object} [detail] where the page brought it along */
  async open(detail) {
    if (this.isLoaded || !detail) return this.pull();
    return this.#opened(detail);
  }

  /** The page before what is here. */
  older(limit = OLDER) {
    this.#asksOlder ??= this.#older(limit).finally(() => {
      this.#asksOlder = null;
    });
    return this.#asksOlder;
  }

  /**
   * Have a place in what was said here, however far up it is. @param {string} at a message's cursor, or `note-` and the id of a
   * note @returns {Promise<string|null>} its key in the timeline; null where there is none (any more)
   */
  async reach(at) {
    const note = this.notes.find(({ id }) => at === `note-${id}`);
    if (!note && !Number(at)) return null;
    const isAbove = ({ cursor, createdAt }) => (note ? createdAt > note.createdAt : Number(cursor) > Number(at));
    while (this.history.previousCursor && isAbove(this.messages[0])) {
      const before = this.history.previousCursor;
      await this.older(MOST);
      if (this.history.previousCursor === before) return null;
    }
    return note ? `note ${note.id}` : (this.messages.find(({ cursor }) => cursor === at)?.id ?? null);
  }

  async #older(limit) {
    const { previousCursor } = this.history;
    if (!previousCursor) return;
    this.isLoadingOlder = true;
    this.#changed();
    try {
      const page = await this.api.get(`${this.path}/messages`, { before: previousCursor, limit });
      if (this.history.previousCursor === previousCursor) history.extend(this.history, page);
      this.#well();
    } catch (error) {
      this.#failed(error);
    }
    this.isLoadingOlder = false;
    this.#changed();
  }

  /** What changed since the last time, or all of it. One at a time; what comes meanwhile is asked about once more. */
  async pull() {
    this.#isPullWanted = true;
    this.#pulling ??= this.#pullAll();
    return this.#pulling;
  }

  /** As the list knows it now. @param {object} row @returns {boolean} whether it was news */
  know(row) {
    const isNews = this.#hear(row);
    if (isNews) this.#changed();
    return isNews;
  }

  /** As the list was just told of it: what belongs to it is asked for. @param {object} row */
  applyRow(row) {
    const isNews = this.know(row);
    // Also while all of it is on its way, which may be older.
    if (row.messagesRev > this.history.rev || (isNews && this.#aroundNow() !== this.#around)) this.pull();
  }

  /** Nothing is being done to it any more: what was heard meanwhile holds. */
  settle() {
    const row = this.#heard;
    this.#heard = null;
    if (row) this.applyRow(row);
  }

  /** An answer to something that this operator did. @param {{conversation: object, messages?: object[]}} answer */
  applyAnswer({ conversation, messages = [] }) {
    history.put(this.history, messages);
    this.#take(conversation);
    this.dispatchEvent(new Event("own"));
    this.#changed();
    this.pull();
  }

  /** A message that its channel could not deliver goes once more. @throws {import("./api.js").Problem} */
  async retry(messageId) {
    await this.api.post(`${this.path}/messages/${messageId}/retry`);
    await this.pull();
  }

  /** A note that was written or edited. */
  applyNote(note) {
    this.#noted += 1;
    this.notes = [...this.notes.filter(({ id }) => id !== note.id), note].sort(byTime);
    this.#changed();
  }

  dropNote(noteId) {
    this.#noted += 1;
    this.notes = this.notes.filter(({ id }) => id !== noteId);
    this.#changed();
  }

  /** A hint of the stream. @param {"changed"|"typing"|"presence"} kind `changed` with the `rev` null: it is gone @param {object} told */
  heard(kind, told) {
    if (told.conversationId !== this.id) return;
    if (kind === "typing") this.#typed(told.operatorId ?? "", told.isTyping);
    if (kind === "presence") this.#look(told.operators);
    if (kind === "changed" && told.rev === null) this.#failed({ code: "not_found" });
    this.#changed();
  }

  /** A stream has begun, which tells at once who looks: who is not told of does not, whatever was heard before. */
  hello() {
    this.#look([]);
    this.#changed();
  }

  /** Nobody looks at it any more. */
  close() {
    this.#typing.forEach((timer) => clearTimeout(timer));
    this.#typing.clear();
  }

  async #pullAll() {
    try {
      while (this.#isPullWanted) {
        this.#isPullWanted = false;
        if (this.isLoaded) await this.#pullMessages();
        else this.#opened(await this.#read({ limit: PAGE }));
        if (this.#aroundNow() !== this.#around) this.#beside(await this.#read());
        this.#well();
      }
    } catch (error) {
      this.#failed(error);
    }
    // In one go with the last look at what is wanted.
    this.#pulling = null;
    this.#changed();
  }

  async #pullMessages() {
    let known = this.history.rev;
    for (let hasMore = true; hasMore; ) {
      const query = { changedAfter: this.history.rev, limit: MOST };
      const page = await this.api.get(`${this.path}/messages`, query);
      const fresh = history.change(this.history, page);
      this.#hear(page.conversation);
      hasMore = page.hasMore;
      known += page.messages.length;
      // Each change has a number, and some are no message's: hands that it went through, though it is back where it was.
      if (!hasMore && page.conversation.messagesRev > known) this.#around = "";
      fresh.filter((one) => one.role === "user").forEach(() => this.#typed("", false));
      const others = fresh.filter((one) => one.author?.name !== this.me.displayName || one.role === "user");
      if (others.length) this.dispatchEvent(new CustomEvent("said", { detail: others }));
    }
  }

  /** Everything beside it; once more where a note was changed here meanwhile. Who looks may have been told meanwhile, too. */
  async #read(query) {
    for (;;) {
      const [noted, looked] = [this.#noted, this.#looked];
      const detail = await this.api.get(this.path, query);
      if (noted === this.#noted) return looked === this.#looked ? detail : { ...detail, viewers: this.viewers };
    }
  }

  #opened(detail) {
    history.begin(this.history, detail);
    this.#beside(detail);
    this.#well();
    this.#changed();
  }

  #beside(detail) {
    // There is something to be done to it as soon as it is shown.
    if (this.row) this.#hear(detail.conversation);
    else this.#take(detail.conversation);
    const { contact, notes, activities, inquiries, formerConversations, viewers } = detail;
    this.viewers = viewers
      .filter(({ id }) => id !== this.me.id)
      .map(({ id, displayName, name = displayName }) => ({ id, name }));
    Object.assign(this, { contact, notes, activities, inquiries, former: formerConversations });
    this.#around = aroundOf(detail.conversation);
  }

  #look(operators) {
    this.#looked += 1;
    this.viewers = operators.filter(({ id }) => id !== this.me.id);
  }

  #aroundNow() {
    return aroundOf(this.row);
  }

  /**
   * What this operator is doing is shown when it is answered, not when it is heard of: with the next thing to do, and never as
   * somebody else's. What is said is shown at once. @returns {boolean} whether it was taken, and was news
   */
  #hear(row) {
    if (!this.api.isWriting(this.id)) return this.#take(row);
    if ((this.#heard?.rev ?? -1) < row.rev) this.#heard = row;
    return false;
  }

  /** Answers overtake each other: an older one says nothing. @returns {boolean} whether it was news */
  #take(row) {
    if (row.id !== this.id || (this.row && row.rev < this.row.rev)) return false;
    this.row = row;
    if (this.#heard && this.#heard.rev <= row.rev) this.#heard = null;
    return true;
  }

  #typed(who, isTyping) {
    clearTimeout(this.#typing.get(who));
    if (!isTyping) this.#typing.delete(who);
    else
      this.#typing.set(
        who,
        setTimeout(() => this.#typed(who, false), FORGOTTEN),
      );
    this.#changed();
  }

  /** Shown as it is now. What is gone stays so, whatever was answered before that comes later. */
  #well() {
    if (!this.isGone) this.problem = null;
  }

  #failed(error) {
    if (this.isGone) return;
    this.problem = error;
    if (this.isGone) this.dispatchEvent(new Event("gone"));
    this.#changed();
  }

  #changed() {
    const { rev, messagesRev } = this.#heard ?? this.row ?? {};
    if (this.isLoaded && this.history.rev >= messagesRev) this.seen = { rev, messagesRev };
    this.dispatchEvent(new Event("change"));
  }
}

/** What changes when something beside the messages has changed: then it is read anew. */
const aroundOf = ({ rev, messagesRev, status, handling, assignee, rating, contact }) =>
  JSON.stringify([rev - messagesRev, status, handling, assignee?.id, rating, { ...contact, lastSeenAt: null }]);

const byTime = (one, other) => (one.createdAt < other.createdAt ? -1 : 1);
