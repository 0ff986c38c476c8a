/**
 * Where text is written: the input that grows, its draft, and what stands there once a conversation is completed.
 */

import { size } from "../text.js";
import { insert } from "../texts.js";
import { NEXT } from "../drafts.js";
import { attribute, h, icon, setText } from "./dom.js";

const MOST = 4000;
const WARN = 3600;

/** The bottom of the chat. */
export class Composer {
  #key = null;

  /** @param {{chat: import("../chat.js").Chat, texts: object}} context @param {() => void} sent */
  constructor(context, sent) {
    const { texts, chat } = context;
    Object.assign(this, { chat, texts, sent });
    this.counter = h("p", { class: "counter", id: "counter" });
    this.input = h("textarea", { class: "input", part: "input", rows: 1, dir: "auto", "aria-label": texts.input, placeholder: texts.write, enterkeyhint: "send", "aria-describedby": "counter", on: {
      input: () => this.#typed(),
      keydown: (event) => this.#pressed(event),
    } });
    this.button = h("button", { type: "submit", class: "send", part: "button", "aria-label": texts.send }, icon("send"));
    this.form = h("form", { class: "composer", part: "composer", on: { submit: (event) => { event.preventDefault(); this.#send(); } } }, h("div", { class: "entry" }, this.input, this.button), this.counter);
    this.again = h("button", { type: "button", class: "primary", part: "button", on: { click: () => chat.startNew() } }, icon("plus"), texts.newChat);
    this.ended = h("div", { class: "ended", part: "ended" }, h("p", {}, h("strong", { text: texts.completed }), " ", texts.completedHint), this.again);
    this.node = h("div", { class: "bottom" }, this.form, this.ended);
  }

  render() {
    const isCompleted = this.chat.active?.status === "completed";
    const hadFocus = this.form.contains(this.form.getRootNode().activeElement);
    this.form.hidden = isCompleted;
    this.ended.hidden = !isCompleted;
    if (isCompleted && hadFocus) this.again.focus();
    const key = this.chat.activeId ?? NEXT;
    if (key !== this.#key) this.#load(key);
    else if (!this.input.value && this.chat.drafts.get(key)) this.#load(key);
    this.#check();
  }

  focus() {
    (this.form.hidden ? this.again : this.input).focus({ preventScroll: true });
  }

  #load(key) {
    // What was typed while a conversation was being opened went into its draft under the old key.
    this.#key = key;
    this.input.value = this.chat.drafts.get(key);
    this.#grow();
  }

  #typed() {
    this.chat.drafts.set(this.#key, this.input.value);
    this.#grow();
    this.#check();
  }

  #grow() {
    this.input.style.height = "auto";
    if (this.input.scrollHeight) this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }

  #check() {
    const length = this.input.value.length < WARN ? 0 : size(this.input.value.trim());
    const isLong = length > MOST;
    setText(this.counter, length >= WARN ? insert(isLong ? `${this.texts.counter} · ${this.texts.tooLong}` : this.texts.counter, { n: length, max: MOST }) : "");
    attribute(this.input, "aria-invalid", isLong ? "true" : null);
    this.button.disabled = isLong || !this.chat.activeId || !this.input.value.trim();
  }

  /** Enter sends, but not the Enter that ends the composition of a syllable. */
  #pressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const content = this.input.value.trim();
    if (this.button.disabled || !content) return;
    this.chat.drafts.set(this.#key, "");
    this.input.value = "";
    this.#grow();
    this.chat.send({ type: "text", content }, content);
    this.#check();
    this.sent();
    this.input.focus();
  }
}
