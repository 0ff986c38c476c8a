/**
 * The log of one conversation: its messages and quick replies, and where it is scrolled to.
 */

import { h, icon, reconcile } from "./dom.js";
import { messageView } from "./message-view.js";
import { dayName } from "./time.js";
import { timeline } from "./timeline.js";

const NEAR = 64;

/** A log; made anew for each conversation. */
export class LogView {
  #known = new Map();
  #newest = null;
  #isAtEnd = true;
  #isFirst = true;

  /** @param {{chat: import("../chat.js").Chat, texts: object, locale: string}} context @param {string} id of the conversation */
  constructor(context, id) {
    this.context = context;
    this.id = id;
    const { texts } = context;
    this.older = h("button", { type: "button", class: "link older", text: texts.older, on: { click: () => context.chat.loadOlder() } });
    this.items = h("div", { class: "items" });
    this.log = h("div", { class: "log", part: "log", role: "log", tabindex: 0, "aria-label": texts.log, "aria-live": "off", on: { scroll: () => this.#scrolled() } }, this.older, this.items);
    this.jump = h("button", { type: "button", class: "jump", part: "button", hidden: true, on: { click: () => this.toEnd(true) } }, icon("down"), texts.newMessages);
    this.node = h("div", { class: "log-frame" }, this.log, this.jump);
    // The panel, the keyboard of a phone or the input may change the room that is left.
    this.observer = new ResizeObserver(() => this.#isAtEnd && this.toEnd());
    this.observer.observe(this.log);
    this.observer.observe(this.items);
  }

  render() {
    const { chat } = this.context;
    const log = chat.log(this.id);
    const unsent = chat.outbox.all(this.id);
    const items = timeline(log.messages, unsent, chat.active?.status === "completed", chat.typing.isShown(this.id));
    const focused = this.log.getRootNode().activeElement;
    const distance = this.log.scrollHeight - this.log.scrollTop;
    const oldest = this.#oldest;
    const newest = items.findLast((item) => item.type === "message");
    this.older.hidden = !log.previousCursor;
    reconcile(this.items, this.#known, items, (item) => this.#build(item));
    if (focused && this.log.contains(focused) === false && !focused.isConnected) this.log.focus({ preventScroll: true });
    if (oldest && this.#oldest !== oldest && newest?.key === this.#newest) this.log.scrollTop = this.log.scrollHeight - distance;
    this.#follow(newest);
    if (log.isLoaded && this.#isFirst) this.#settle();
    this.#fill(log);
  }

  /** @param {boolean} [smoothly] */
  toEnd(smoothly = false) {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: smoothly && !isCalm ? "smooth" : "instant" });
    this.jump.hidden = true;
  }

  remove() {
    this.observer.disconnect();
    this.node.remove();
  }

  get #oldest() {
    return this.items.querySelector(".row, .notice");
  }

  #build(item) {
    if (item.type === "message") return messageView(item, this.context);
    const { texts, locale } = this.context;
    if (item.type === "day") return { node: h("div", { class: "day" }, h("span", { text: dayName(item.at, locale, texts) })) };
    if (item.type === "typing") return { node: h("div", { class: "typing", part: "typing" }, h("span", { class: "sr", text: texts.typing }), h("i"), h("i"), h("i")) };
    return { node: this.#chips(item.message) };
  }

  #chips(message) {
    const { chat, texts } = this.context;
    const choose = (chip) => () => chat.send({ type: "chip", messageId: message.id, chipId: chip.id }, chip.label);
    const buttons = message.payload.chips.map((chip) => h("button", { type: "button", class: "chip", part: "chip", dir: "auto", text: chip.label, on: { click: choose(chip) } }));
    return h("div", { class: "chips", part: "chips", role: "group", "aria-label": message.content || texts.quick }, ...buttons);
  }

  /** Own messages and a log at its end are followed; somebody who reads further up is told instead. */
  #follow(newest) {
    if (!newest || newest.key === this.#newest) return;
    const isOwn = newest.key.startsWith("user ");
    const isKnown = this.#newest !== null;
    this.#newest = newest.key;
    if (this.#isAtEnd || isOwn) this.toEnd(isKnown);
    else this.jump.hidden = false;
  }

  /** What is there on arriving is not news; what comes later is announced. */
  #settle() {
    this.#isFirst = false;
    this.toEnd();
    requestAnimationFrame(() => this.log.setAttribute("aria-live", "polite"));
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#isAtEnd) this.jump.hidden = true;
    if (!this.#isFirst && scrollTop < NEAR) this.#load();
  }

  /** A page that does not fill the view leaves nothing to scroll. */
  #fill(log) {
    if (log.previousCursor && this.log.clientHeight && this.log.scrollHeight <= this.log.clientHeight) this.#load();
  }

  #load() {
    if (!this.context.chat.problem) this.context.chat.loadOlder();
  }
}
