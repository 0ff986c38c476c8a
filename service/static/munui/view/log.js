/** The log of one conversation: days, messages, what is being sent, quick replies, and where it is scrolled to. */

import { isLooking } from "../cache-adapter.js";
import { avatar, personOf } from "./bot.js";
import { button, clock, dayName, focused, h, reconcile, set, setText, unseen } from "./dom.js";
import { formView, summaryView } from "./form.js";
import { icon } from "./icons.js";
import { linked } from "./links.js";
import { sourcesView } from "./sources.js";
import { timeline } from "./timeline.js";

const NEAR = 64;
const SOON = 256;
/** So many items of a log are in the page at most, and so many more are taken in at once: what scrolling costs grows with them. */
const ROOM = 150;
const STEP = 50;

/** A log; made anew for each conversation. */
export class LogView {
  #known = new Map();
  #newest = null;
  #oldest = null;
  /** All there is to show; of the part that is in the page its place, and what it begins and ends with (null: as the log). */
  #all = [];
  #start = 0;
  #first = null;
  #last = null;
  #isMoving = false;
  #isAtEnd = true;
  #top = 0;
  #isSettled = false;

  /** @param {object} context of the panel @param {string} id of the conversation */
  constructor(context, id) {
    Object.assign(this, { context, id });
    const { texts } = context;
    this.older = button({ class: "link older", text: texts.older, onclick: () => this.#up() });
    this.items = h("div", { class: "items" });
    this.log = h(
      "div",
      {
        class: "log",
        role: "log",
        tabindex: 0,
        "aria-label": texts.log,
        "aria-live": "off",
        onscroll: () => this.#scrolled(),
      },
      this.older,
      this.items,
    );
    this.jump = button(
      { class: "jump", hidden: true, onclick: () => this.toEnd("smooth") },
      icon("down"),
      texts.newMessages,
    );
    this.node = h("div", { class: "frame" }, this.log, this.jump);
    // The panel, the keyboard of a phone or the input may change the room that is left.
    this.observer = new ResizeObserver(() => this.#isAtEnd && this.toEnd());
    this.observer.observe(this.log);
    this.observer.observe(this.items);
  }

  render() {
    const { chat } = this.context;
    const { messages, previousCursor, isLoaded } = chat.log(this.id);
    const isWithPeople = this.id === chat.activeId && chat.people.areHere;
    const isLooked = isLooking(chat.active) && chat.remark !== "late";
    const typing = chat.typing.who(this.id) ?? (isLooked ? "looking" : null);
    const state = { isCompleted: chat.isEnded, isWithPeople, typing };
    this.#all = timeline(messages, chat.unsent(), state);
    // Who asks for a person, or for the bot again, wants to see what is said to that.
    if (chat.people.isBusy) this.#isAtEnd = true;
    const newest = this.#all.findLast((item) => item.type === "message");
    if (newest?.message.entry && newest.key !== this.#newest) this.#last = null;
    const items = this.#part();
    const had = this.log.contains(focused(this.log));
    const known = items.find((item) => item.type === "message" && this.#known.has(item.key))?.key;
    const oldest = items.find((item) => item.type === "message")?.key;
    this.#isMoving = oldest !== this.#oldest && newest?.key === this.#newest;
    const anchor = oldest === this.#oldest ? null : this.#known.get(known)?.node;
    const place = anchor?.getBoundingClientRect().top;
    if (this.#isMoving) this.#quietly();
    this.older.hidden = !previousCursor && !this.#start;
    reconcile(this.items, this.#known, items, (item) => this.#build(item));
    if (had && !this.log.contains(focused(this.log))) this.log.focus({ preventScroll: true });
    if (anchor) this.log.scrollTop += anchor.getBoundingClientRect().top - place;
    this.#oldest = oldest;
    this.#follow(newest);
    if (isLoaded && !this.#isSettled) this.#settle();
  }

  toEnd(behavior = "instant", top = Infinity) {
    if (this.#last) {
      this.#last = null;
      this.render();
    }
    this.#isAtEnd = top > this.log.scrollHeight - this.log.clientHeight;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.log.scrollTo({ top: Math.min(top, this.log.scrollHeight), behavior: isCalm ? "instant" : behavior });
    this.jump.hidden = true;
  }

  remove() {
    this.observer.disconnect();
  }

  /** The part that is in the page. At the end of the log it grows a little before it lets go of what is above. */
  #part() {
    const last = this.#all.findIndex(({ key }) => key === this.#last);
    const end = last < 0 ? this.#all.length : last + 1;
    const from = Math.max(0, end - ROOM);
    const before = this.#last ? -1 : this.#all.findIndex(({ key }) => key === this.#first);
    this.#start = before >= from - STEP && before >= 0 ? Math.min(before, from) : from;
    this.#first = this.#all[this.#start]?.key;
    return this.#all.slice(this.#start, end);
  }

  /** @param {number} by how many items the part that is in the page moves towards the end */
  #slide(by) {
    const start = Math.max(0, this.#start + by);
    if (by > 0 ? !this.#last : start === this.#start) return;
    this.#last = this.#all[start + ROOM]?.key && this.#all[start + ROOM - 1].key;
    this.render();
  }

  /** What is older, from the store if all that is known stands there. */
  async #up() {
    if (!this.#start) await this.context.chat.pages.loadOlder();
    this.#slide(-STEP);
  }

  #build(item) {
    const { texts, locale } = this.context;
    if (item.type === "message") return this.#message(item);
    if (item.type === "day") {
      const name = h("span");
      return {
        node: h("p", { class: "day" }, name),
        update: ({ at }) => setText(name, dayName(at, locale, texts.today)),
      };
    }
    if (item.who === "person") return this.#personTypes();
    // That it is looked for was said before.
    if (item.type === "typing") return { node: typingView(item.who === "bot" ? texts.typing : "") };
    return { node: this.#chips(item.message) };
  }

  #chips({ id, content, payload }) {
    const { chat, texts } = this.context;
    const chips = payload.chips.map((chip) =>
      button({
        class: "chip",
        dir: "auto",
        text: chip.label,
        // The second click of a double one may meet what has just come to stand there.
        onclick: ({ detail }) =>
          detail > 1 || chat.turns.send({ type: "chip", messageId: id, chipId: chip.id }, chip.label),
      }),
    );
    return h("div", { class: "chips", role: "group", "aria-label": content || texts.quick }, ...chips);
  }

  /** Not announced each time: the header says it too. */
  #personTypes() {
    const { chat, texts } = this.context;
    const who = chat.active?.agent;
    const [face, sign] = [avatar(personOf(who, texts)), typingView()];
    return { node: h("div", { class: "row bot person first types", "aria-hidden": "true" }, face, sign) };
  }

  #message({ message }) {
    const { texts, bot } = this.context;
    const { role, kind, content, author, payload } = message;
    const isBot = role === "bot";
    const voice = author ? personOf(author, texts) : bot;
    const name = author || isBot ? voice.name : texts[role];
    const sources = payload?.sources?.length && sourcesView(payload.sources, this.context);
    const said = () => [unseen(`${name}: `), ...lines(content ?? "", texts.opens, sources)];
    if (kind === "notice" || (role === "system" && !author))
      return { node: h("p", { class: "notice", dir: "auto" }, ...said()) };
    const inner =
      kind !== "form"
        ? { node: h("div", { class: "bubble", dir: "auto" }, ...said()) }
        : message.answeredAt
          ? { node: summaryView(message, this.context) }
          : formView(message, this.context);
    const meta = h("div", { class: "meta" });
    // For the eyes: what is read out has the name in each of its messages.
    const who = role !== "user" && h("p", { class: "who", "aria-hidden": "true", text: voice.name });
    const speaker = author ? "bot person" : role;
    // What was there before does not come flying in.
    const fresh = this.#isSettled && !this.#isMoving ? " fresh" : "";
    const node = h("div", {}, who && avatar(voice), who, inner.node, meta, sources);
    const update = (item) => {
      set(
        node,
        "class",
        `row ${speaker}${kind === "form" ? " wide" : ""}${item.isFirst ? " first" : ""}${item.isLast ? " last" : ""}${fresh}`,
      );
      inner.update?.(item);
      this.#meta(meta, item);
    };
    return { node, update };
  }

  /** The time, or how far the sending has come. */
  #meta(meta, { message, isLast }) {
    const { chat, texts, locale } = this.context;
    const { entry, createdAt } = message;
    const isWaiting = entry && (!chat.isOnline || chat.delivery.isWaiting(entry.conversationId));
    const state = entry
      ? entry.failure
        ? "failed"
        : isWaiting
          ? "waiting"
          : "sending"
      : isLast
        ? clock(createdAt, locale)
        : "";
    if (meta.dataset.state === state) return;
    meta.dataset.state = state;
    meta.replaceChildren(
      entry
        ? h("span", { class: state, text: texts.errors[entry.failure] ?? texts[state] })
        : h("time", { datetime: createdAt, text: state }),
    );
    if (state !== "failed") return;
    meta.append(
      button({ class: "link", text: texts.retry, onclick: () => chat.delivery.retry(entry.clientMessageId) }),
      button({ class: "link", text: texts.discard, onclick: () => chat.turns.discard(entry) }),
    );
  }

  /** Own messages and a log at its end are followed; somebody who reads further up is told instead. */
  #follow(newest) {
    if (!newest || newest.key === this.#newest) return;
    const isFirst = !this.#newest;
    const messages = this.#all.filter(({ type }) => type === "message");
    const before = messages.findIndex(({ key }) => key === this.#newest);
    const from = messages[before]?.message.role === "user" ? before : before + 1;
    const since = before >= 0 && this.#known.get(messages[from].key)?.node;
    this.#newest = newest.key;
    if (this.#isAtEnd || newest.message.entry) this.#reveal(isFirst ? "instant" : "smooth", since);
    else this.jump.hidden = false;
  }

  /** To the end, but not past what has just come, or was said just before: a long answer or form is read from its beginning. */
  #reveal(behavior, since) {
    this.toEnd(behavior, since ? since.offsetTop - 16 : Infinity);
  }

  /** What is there on arriving is not news; what comes later is announced. */
  #settle() {
    this.#isSettled = true;
    // Who came here by asking for a person reads on from what is said to that, not from the end of a form.
    const said = this.context.chat.people.isMoving && [...this.items.querySelectorAll(".notice")].at(-1);
    this.#reveal("instant", said);
    this.#quietly();
  }

  #quietly() {
    set(this.log, "aria-live", "off");
    if (this.#isSettled) requestAnimationFrame(() => set(this.log, "aria-live", "polite"));
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    const rest = scrollHeight - scrollTop - clientHeight;
    const isThere = !this.#last && rest < NEAR;
    // More may come on the way to the end: only who turns back does not follow any more.
    if (isThere || scrollTop < this.#top) this.#isAtEnd = isThere;
    this.#top = scrollTop;
    if (this.#isAtEnd) this.jump.hidden = true;
    if (!this.#isSettled) return;
    if (rest < SOON) this.#slide(STEP);
    if (scrollTop < (this.#start ? SOON : NEAR) && !this.context.chat.problem) this.#up();
  }
}

/** What was said; of an article's words those that make a list stand like one, and those that make a table. */
const lines = (text, hint, isOfArticle) =>
  isOfArticle
    ? text.split(/^((?:[-•*]|\d+[.)]) .*|.* \| .*(?:\n.* \| .*)+)$\n?/m).flatMap((part, index) => {
        if (index % 2 && part.includes("\n")) return rows(part, hint);
        const parts = linked(part, hint);
        return index % 2 ? h("span", { class: "item" }, ...parts) : parts;
      })
    : linked(text, hint);

const rows = (text, hint) =>
  h(
    "table",
    { class: "rows" },
    ...text.split("\n").map((row, index) => {
      const cells = row.split(" | ").map((cell) => h(index ? "td" : "th", {}, ...linked(cell, hint)));
      return h("tr", {}, ...cells);
    }),
  );

/** @param {string} [text] for screen readers */
export const typingView = (text = "") => h("div", { class: "typing" }, unseen(text), h("i"), h("i"), h("i"));
