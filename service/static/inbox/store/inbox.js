/**
 * The list: which conversations are known, which of them are shown in which order, and how many each view has.
 *
 * It stays as it is while somebody points at it or walks in it by keyboard (`hold`): what would come in waits and is
 * counted (`arrivals`); what a row says goes on being new.
 */

import { fits, precedes, sorted } from "./order.js";

/** How many come at first, and with each page behind. */
const PAGE = 100;
const MORE = 200;
/** How long labels and operators are taken as they were read, in milliseconds, and how long a menu waits for them. */
const FRESH = 15_000;
const SOON = 400;

/** Dispatches `change` when the list is to be shown anew, `changed` with `{ids, gone, resync}` when conversations have changed, `own` with those that this page changed. */
export class Inbox extends EventTarget {
  /** Every conversation that came, by id, as it was told last. @type {Map<string, object>} */
  rows = new Map();
  /** The ids that are shown, in their order. @type {string[]} */
  order = [];
  /** How many would come in if the list did not stay still. */
  arrivals = 0;
  /** @type {"ready"|"loading"|"failed"} */
  state = "ready";
  /** The conversation that is open. @type {?string} */
  openId = null;
  #isHeld = false;
  #members = new Set();
  #cursor = null;
  #last = null;
  #asked = new AbortController();
  #isAsking = false;
  /** What was told of since this list was asked for: what the list says of it may be older. @type {Set<string>} */
  #since = new Set();
  /** None comes back. @type {Set<string>} */
  #gone = new Set();
  /** How often was asked, and which of those asked for the counts that are shown. */
  #asks = 0;
  #counted = 0;
  #renewed = { at: 0, done: Promise.resolve() };
  #shared = 0;

  /** @param {import("./api.js").Api} api @param {object} first what the page came with */
  constructor(api, first) {
    super();
    const { me, operators, labels, view, filters } = first;
    Object.assign(this, { api, me, operators, labels, view, filters });
    this.#take(first);
  }

  /** Whether the database has more of this list. */
  get hasMore() {
    return this.#cursor !== null;
  }

  /** The open conversation, if it is known. */
  get opened() {
    return this.rows.get(this.openId) ?? null;
  }

  /** How many wait for somebody, or for an answer of this operator. */
  get calls() {
    const mine = [...this.rows.values()].filter(
      (row) => row.unreadCount && row.handling === "agent" && fits(row, { view: "mine", filters: {} }, this.me),
    );
    return (this.counts.waiting ?? 0) + mine.length;
  }

  /** Show a conversation, or none. @param {?string} id */
  select(id) {
    if (id === this.openId) return;
    this.openId = id;
    this.#tell();
  }

  /** Show another list. The one before stays until this one is there. @param {string} view @param {object} filters */
  load(view = this.view, filters = this.filters) {
    Object.assign(this, { view, filters });
    return this.#load();
  }

  /** The next page of this list, once. */
  async more() {
    if (!this.#cursor || this.#isAsking) return;
    this.#isAsking = true;
    const { signal } = this.#asked;
    try {
      const asked = this.ask();
      this.#add(await this.#page({ cursor: this.#cursor, limit: MORE }, signal), asked);
      this.state = "ready";
    } catch {
      if (!signal.aborted) this.state = "failed";
    } finally {
      this.#isAsking = false;
    }
    this.#tell();
  }

  /** Say that something is about to be asked which answers counts, too: they bear no number of their own. @returns {number} */
  ask() {
    this.#asks += 1;
    return this.#asks;
  }

  /** What `GET /changes` answered. @param {{conversations: object[], gone: string[], counts: object, resync: boolean}} told @param {number} asked when (`ask`) */
  apply({ conversations, gone, counts, resync }, asked) {
    this.#count(counts, asked);
    for (const id of gone) this.#forget(id);
    this.#hear(conversations);
    if (conversations.length || gone.length || resync) {
      const ids = new Set(conversations.map(({ id }) => id));
      this.dispatchEvent(new CustomEvent("changed", { detail: { ids, gone: new Set(gone), resync } }));
    }
    if (resync) {
      this.renew();
      this.#load();
    } else this.#tell();
  }

  /** What the team has now. @param {{labels?: object[], operators?: object[]}} news */
  share(news) {
    this.#shared += 1;
    Object.assign(this, news);
    const me = news.operators?.find(({ id }) => id === this.me.id);
    if (me) this.me = { ...this.me, ...me };
    this.#tell();
  }

  /**
   * Labels and operators anew, for what is about to be chosen from: seldom, and waited for no longer than one waits for a menu
   * to open.
   */
  renew() {
    if (Date.now() - this.#renewed.at > FRESH) this.#renewed = { at: Date.now(), done: this.#renew() };
    return Promise.race([this.#renewed.done, new Promise((resolve) => setTimeout(resolve, SOON))]);
  }

  /** A conversation as something else than the list was told of it: with the changes it comes once more. */
  know(conversation) {
    this.#hear([conversation]);
    this.#tell();
  }

  /** One as the answer to a change of one's own has it. */
  put(conversation) {
    this.know(conversation);
    this.dispatchEvent(new CustomEvent("own", { detail: [conversation] }));
  }

  /** Stay still, or no more. */
  hold(isHeld) {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    this.settle();
  }

  /** Show what waits to come in. @param {boolean} isForced also while the list stays still */
  settle(isForced = false) {
    if (this.#settle(isForced)) this.#tell();
  }

  async #renew() {
    const shared = this.#shared;
    try {
      const [{ operators }, { labels }] = await Promise.all([this.api.get("/operators"), this.api.get("/labels")]);
      if (shared === this.#shared) return this.share({ operators, labels });
    } catch {
      // What is known stays.
    }
    // What was changed here meanwhile is newer; the next menu asks again.
    this.#renewed.at = 0;
    return undefined;
  }

  async #load() {
    this.#asked.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    this.#since.clear();
    const asked = this.ask();
    this.state = "loading";
    this.#showKnown();
    this.#tell();
    try {
      const found = await this.#page({}, signal);
      if (signal.aborted) return;
      this.#take(found, asked);
    } catch {
      if (signal.aborted) return;
      this.state = "failed";
    }
    this.#tell();
  }

  #page(place, signal) {
    return this.api.get("/conversations", { view: this.view, ...this.filters, limit: PAGE, ...place }, { signal });
  }

  /** What is known of a list, until it is there. */
  #showKnown() {
    this.#cursor = null;
    this.#members = new Set([...this.rows.values()].filter((row) => this.#belongs(row)).map(({ id }) => id));
    this.#settle(true);
  }

  /** A list from its beginning. */
  #take(found, asked = this.ask()) {
    this.#members.clear();
    this.#add(found, asked);
    this.state = "ready";
    this.#settle(true);
  }

  #add({ conversations, nextCursor, counts }, asked) {
    this.#cursor = nextCursor;
    this.#count(counts, asked);
    // Where this page ends the next one begins, whatever its rows are by now.
    this.#last = conversations.at(-1) ?? this.#last;
    this.#store(conversations);
    for (const id of this.#since) this.#place(id);
    this.#settle();
    if (!this.#isHeld) return;
    // Further down nothing moves when more is there.
    const shown = new Set(this.order);
    this.order = [
      ...this.order,
      ...conversations.map(({ id }) => id).filter((id) => this.#members.has(id) && !shown.has(id)),
    ];
    this.#settle();
  }

  /** As they are now, whichever list is on its way. */
  #hear(conversations) {
    this.#store(conversations);
    for (const { id } of conversations) if (this.rows.has(id)) this.#since.add(id);
    this.#settle();
  }

  /** One that is older than what is known says nothing; what is known decides where it belongs. */
  #store(conversations) {
    for (const row of conversations) {
      if (this.#gone.has(row.id)) continue;
      if ((this.rows.get(row.id)?.rev ?? -1) <= row.rev) this.rows.set(row.id, row);
      this.#place(row.id);
    }
  }

  #place(id) {
    if (this.#belongs(this.rows.get(id))) this.#members.add(id);
    else this.#members.delete(id);
  }

  /** Of two answers the one that was asked for later is taken for the newer. */
  #count(counts, asked) {
    if (asked < this.#counted) return;
    this.#counted = asked;
    this.counts = counts;
  }

  /** Whether a conversation is among those of this list that are known: what lies behind its last page comes with the next. */
  #belongs(row) {
    return fits(row, this, this.me) && (!this.#cursor || precedes(this.view, row, this.#last));
  }

  #forget(id) {
    this.#gone.add(id);
    this.#since.delete(id);
    this.rows.delete(id);
    this.#members.delete(id);
    this.order = this.order.filter((one) => one !== id);
  }

  /** @returns {boolean} whether anything is different now */
  #settle(isForced = false) {
    const before = this.order;
    if (this.#isHeld && !isForced) {
      const shown = new Set(before);
      const arrivals = [...this.#members].filter((id) => !shown.has(id)).length;
      const isNew = arrivals !== this.arrivals;
      this.arrivals = arrivals;
      return isNew;
    }
    this.arrivals = 0;
    this.order = sorted(
      this.view,
      [...this.#members].map((id) => this.rows.get(id)),
    );
    return this.order.length !== before.length || this.order.some((id, place) => id !== before[place]);
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
