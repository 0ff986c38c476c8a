/**
 * The log of a conversation. Of a long one a part is in the page, which moves with who reads; it stays where somebody reads,
 * and follows what is new only at its end.
 */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { timeline } from "../../store/timeline.js";
import { t } from "../../texts.js";
import { View } from "../element.js";
import { icon } from "../icons.js";
import { item } from "./items.js";
import { NoteEditor } from "./note-editor.js";

/** How many items are in the page, how many come and go at once, and how far from an edge that begins, in pixels. */
const ROOM = 200;
const STEP = 80;
const SOON = 700;
const NEAR = 60;

class InboxTimeline extends View {
  static properties = { conversation: { attribute: false } };
  editor = new NoteEditor(this);
  #all = [];
  #of = null;
  /** The last item in the page; null while the end is. */
  #last = null;
  #isAtEnd = true;
  #newest = null;
  #unseen = 0;
  #anchor = null;
  #top = 0;
  /** Whether somebody waits at the top for what is older. */
  #wantsOlder = false;
  /** The place that the address names, as it was last looked for; its item, and whether it is still to be shown. */
  #at = null;
  sought = null;
  #isSeeking = false;

  follows(follow) {
    follow(this.desk.talk, "change");
    this.desk.places.addEventListener("change", () => this.#seek(), { signal: this.life });
  }

  render() {
    const { conversation } = this;
    const { history, typing, isLoadingOlder, row } = conversation;
    this.#make();
    const part = this.#part();
    const isWhole = history.previousCursor === null && part[0] === this.#all[0];
    return html`<div class="log" tabindex="0" role="log" aria-live="off" aria-label=${t("talk_log")} @scroll=${this.#scrolled}>
        <p class="older">${isWhole ? nothing : html`<button type="button" class="quiet" @click=${this.#older}>${t(isLoadingOlder ? "loading" : "talk_older")}</button>`}</p>
        <ol class="items">${repeat(
          part,
          ({ key }) => key,
          (one) => item(one, this),
        )}</ol>
        ${typing.customer ? html`<p class="types">${t("talk_customer_types")}</p>` : nothing}
        ${this.#colleagues(typing.operators)}
      </div>
      ${
        this.#unseen && !this.#isAtEnd
          ? html`<button type="button" class="jump" @click=${() => this.toEnd()}>${icon("down")}${t("talk_new", { n: this.#unseen })}</button>`
          : nothing
      }
      ${row.contact.blockedAt ? html`<p class="bar">${t("talk_blocked_bar")}</p>` : nothing}`;
  }

  #colleagues(ids) {
    if (!ids.length) return nothing;
    const names = ids.map(
      (id) => this.desk.inbox.operators.find((one) => one.id === id)?.displayName ?? t("talk_colleague"),
    );
    return html`<p class="types colleague">${t("talk_colleague_types", { names: names.join(", ") })}</p>`;
  }

  willUpdate() {
    const log = this.#log;
    if (!log) return;
    // Somebody may have moved up a moment ago, and the event of it is still to come.
    this.#look(log);
    if (this.#isAtEnd) return;
    // What is read stays where it is, whatever comes above it. Not by a day, which goes up with its first message, nor by the
    // topmost, which may lose its name to what comes before it.
    const { top } = log.getBoundingClientRect();
    const items = [...log.querySelectorAll(".items > li:not(.day)")];
    const topmost = items.findIndex((one) => one.getBoundingClientRect().bottom > top);
    const node = items[topmost + 1] ?? items[topmost];
    this.#anchor = node && { node, at: node.getBoundingClientRect().top };
  }

  updated() {
    const log = this.#log;
    const { key, type, entry } = this.#all.at(-1) ?? {};
    if (key !== this.#newest) {
      const before = this.#all.findIndex((one) => one.key === this.#newest);
      if (this.#newest !== null && before >= 0) this.#unseen += this.#all.length - 1 - before;
      this.#newest = key ?? null;
      if (type === "unsent" && !entry.failure) return this.toEnd();
    }
    if (this.#isSeeking) this.#reached();
    else if (this.#isAtEnd && !this.#last) log.scrollTop = log.scrollHeight;
    else if (this.#anchor?.node.isConnected)
      log.scrollTop += this.#anchor.node.getBoundingClientRect().top - this.#anchor.at;
    this.#anchor = null;
    if (this.#isAtEnd) this.#unseen = 0;
    return undefined;
  }

  firstUpdated() {
    // The composer grows, a phone's keyboard comes: the end stays the end.
    const watch = new ResizeObserver(() => {
      if (this.#isAtEnd && !this.#last) this.#log.scrollTop = this.#log.scrollHeight;
    });
    watch.observe(this.#log);
    watch.observe(this.querySelector(".items"));
    this.life.addEventListener("abort", () => watch.disconnect());
    this.#seek();
  }

  /** Go to the place that the address names, if it names one. */
  async #seek() {
    const { id, at } = this.desk.places.now;
    if (id !== this.conversation.id || at === this.#at) return;
    this.#at = at;
    const key = at && (await this.conversation.reach(at));
    if (at !== this.#at) return;
    this.sought = key;
    if (at && !key) this.desk.notices.say(t("talk_place_gone"));
    this.#make();
    const place = this.#all.findIndex((one) => one.key === key);
    if (place >= 0) {
      this.#last = this.#all[place + ROOM / 2]?.key ?? null;
      this.#isSeeking = true;
    }
    this.requestUpdate();
  }

  /** It stands in the page: there is where somebody reads from now on. */
  #reached() {
    this.#isSeeking = false;
    this.#isAtEnd = false;
    this.#anchor = null;
    const item = this.querySelector(".sought");
    item?.scrollIntoView({ block: "center" });
    item?.focus({ preventScroll: true });
    this.#top = this.#log.scrollTop;
  }

  toEnd() {
    this.#last = null;
    this.#isAtEnd = true;
    this.#unseen = 0;
    this.requestUpdate();
  }

  get #log() {
    return this.querySelector(".log");
  }

  /** Made anew only where something in it has changed: typing and the like is told each time. */
  #make() {
    const { conversation, desk } = this;
    const unsent = desk.talk.outbox.unsent(conversation.id);
    const of = [
      conversation.messages,
      conversation.notes,
      conversation.activities,
      conversation.history.previousCursor,
      JSON.stringify(unsent),
    ];
    if (this.#of?.every((one, place) => one === of[place])) return;
    this.#of = of;
    const placeOf = (key) => this.#all.findIndex((one) => one.key === key);
    const first = this.#all.find(({ type }) => type !== "day")?.key;
    const before = placeOf(first);
    this.#all = timeline(conversation, unsent);
    if (!this.#wantsOlder || placeOf(first) <= before) return;
    // It is shown at once, not an update later: what was the first loses its name, and what is read moves up by that, which
    // a log at its very top could not make up for by scrolling.
    this.#wantsOlder = false;
    this.#move(-STEP);
  }

  #part() {
    const at = this.#last ? this.#all.findIndex(({ key }) => key === this.#last) : -1;
    const end = at < 0 ? this.#all.length : at + 1;
    return this.#all.slice(Math.max(0, end - ROOM), end);
  }

  /** @param {number} by how many items the part in the page moves towards the end @returns {boolean} whether it does */
  #move(by) {
    const start = this.#all.indexOf(this.#part()[0]);
    const next = Math.max(0, start + by);
    if (next === start || (by > 0 && !this.#last)) return false;
    this.#last = this.#all[next + ROOM] ? this.#all[next + ROOM - 1].key : null;
    return true;
  }

  #slide(by) {
    if (this.#move(by)) this.requestUpdate();
  }

  #older = async () => {
    await this.#up();
    await this.updateComplete;
    if (!this.querySelector(".older button")) this.#log.focus();
  };

  /** What is older, from the service if all that is known stands here. */
  async #up() {
    if (this.#part()[0] !== this.#all[0]) return this.#slide(-STEP);
    this.#isAtEnd = false;
    // What is looked at stays in the page while more comes above it.
    this.#last ??= this.#all.at(-1)?.key;
    this.#wantsOlder = true;
    return this.conversation.older();
  }

  /** Whether the end is shown. Only who moves up leaves it: it moves away by itself when the composer grows. @returns {number} how far it is away, in pixels */
  #look({ scrollHeight, scrollTop, clientHeight }) {
    const rest = scrollHeight - scrollTop - clientHeight;
    this.#isAtEnd = !this.#last && (rest < NEAR || (this.#isAtEnd && scrollTop >= this.#top));
    this.#top = scrollTop;
    return rest;
  }

  #scrolled = () => {
    const wasAtEnd = this.#isAtEnd;
    const rest = this.#look(this.#log);
    if (this.#isAtEnd !== wasAtEnd) this.requestUpdate();
    if (rest < SOON && this.#last) this.#slide(STEP);
    if (this.#top < SOON && !this.#isAtEnd) this.#up();
  };
}

customElements.define("inbox-timeline", InboxTimeline);
