/** The input of a conversation. Not here: what becomes of what is sent (chat/turns.js). */

import { isBlank } from "../blank.js";
import { size } from "../engine.js";
import { button, focused, h, insert, set, setText } from "./dom.js";
import { icon } from "./icons.js";

const MOST = 4000;

/** Where text is written: the input that grows, its draft, and what stands there once a conversation is completed. */
export class Composer {
  #key = null;
  #drafts = null;
  // Enter was pressed while the conversation was still being opened, or moved.
  #isWaiting = false;
  #isComposing = false;
  // Of the last Enter: it was to break the line; what it sends waits for the end of the composition.
  #isBreak = false;
  #isEnding = false;
  #rating = null;

  /** @param {object} context of the panel */
  constructor({ texts, chat, locale }) {
    Object.assign(this, { chat, texts, locale });
    this.counter = h("p", { class: "counter", id: "counter" });
    this.input = h("textarea", {
      class: "input",
      rows: 1,
      dir: "auto",
      "aria-label": texts.input,
      placeholder: texts.write,
      enterkeyhint: "send",
      "aria-describedby": "counter",
      onkeydown: (event) => this.#pressed(event),
      onbeforeinput: (event) => this.#breaking(event),
      oninput: () => this.#typed(),
      oncompositionstart: () => {
        this.#isComposing = true;
      },
      oncompositionend: (event) => this.#composed(event),
    });
    this.button = h("button", { class: "send", "aria-label": texts.send }, icon("send"));
    this.form = h(
      "form",
      { class: "composer", onsubmit: (event) => this.#send(event) },
      h("div", { class: "entry" }, this.input, this.button),
      this.counter,
    );
    this.again = button({ class: "primary", onclick: () => chat.places.startNew() }, icon("plus"), texts.newChat);
    // No word beside it where the flow has said goodbye; that a chat stays in this browser nobody has said yet.
    this.end = h("p");
    this.ended = h("div", { class: "ended" }, this.end, this.again);
    this.node = h("div", { class: "bottom" }, this.form, this.ended);
  }

  render() {
    const { active, isEnded, draftKey, drafts, turns } = this.chat;
    const had = this.form.contains(focused(this.form));
    // A form needs the room, and says what is to be done; not where something is written already.
    if (turns.waiting && drafts.get(draftKey)) turns.setAside(turns.waiting.id);
    this.form.hidden = isEnded || Boolean(turns.waiting);
    this.ended.hidden = !isEnded;
    this.node.hidden = this.form.hidden && !isEnded;
    setText(this.end, active?.status === "left" ? this.texts.staysHere : "");
    this.end.hidden = !this.end.textContent;
    this.#askForRating(isEnded);
    if (isEnded && had) this.again.focus();
    // Before a conversation has an id, the next visitor's has the same key.
    const isOther = draftKey !== this.#key || drafts.prefix !== this.#drafts;
    if (isOther || !this.input.value) this.input.value = drafts.get(draftKey) ?? "";
    this.#key = draftKey;
    this.#drafts = drafts.prefix;
    this.#fit();
    if (this.#isWaiting && !this.button.disabled) this.#send();
  }

  /** @returns {boolean} whether there was something to take the focus */
  focus() {
    if (!this.node.hidden) (this.form.hidden ? this.again : this.input).focus({ preventScroll: true });
    return !this.node.hidden;
  }

  get #isHeldUp() {
    return !this.chat.activeId || this.chat.people.isMoving;
  }

  /** Above the way to a new conversation; it comes with what people need (people/rating.js). */
  #askForRating(isEnded) {
    const { rating } = (isEnded && this.chat.people.company) || {};
    const view = rating?.view(this.locale) ?? null;
    if (view === this.#rating) return;
    this.#rating?.remove();
    this.#rating = view;
    if (!view) return;
    this.ended.prepend(view);
    rating.dress(this.ended.getRootNode());
  }

  #typed() {
    this.#isWaiting = false;
    this.chat.people.company?.talk.typed(this.input.value);
    this.chat.drafts.set(this.#key, this.input.value);
    this.#fit();
  }

  #fit() {
    const { input, texts } = this;
    const text = input.value.trim();
    const length = text.length > 3600 ? size(text) : 0;
    input.style.height = "auto";
    if (input.scrollHeight) input.style.height = `${input.scrollHeight}px`;
    setText(this.counter, length > 3600 ? insert(texts.counter, { n: length, max: MOST }) : "");
    set(input, "aria-invalid", length > MOST ? "true" : null);
    this.button.disabled = length > MOST || this.#isHeldUp || isBlank(text);
  }

  /**
   * Enter sends. The Enter that ends a syllable belongs to the input method: whether it sends as well shows only in what
   * follows, a line break or none. The orders in which browsers tell all this are tests/browser/key_orders.py.
   */
  #pressed(event) {
    // A key that the input method has is named "Process" or "Unidentified" by some; where it lies is told all the same.
    const isEnter = event.key === "Enter" || /^(Numpad)?Enter$/.test(event.code);
    const isComposed = event.isComposing || event.keyCode === 229;
    this.#isBreak = isEnter && event.shiftKey;
    if (isEnter && !isComposed && !this.#isBreak) this.#send(event);
  }

  #breaking(event) {
    if (this.#isBreak || !["insertLineBreak", "insertParagraph"].includes(event.inputType)) return;
    event.preventDefault();
    if (this.#isComposing) this.#isEnding = true;
    else this.#send();
  }

  /** The syllable stands. Some input methods commit it and its Enter as one text. */
  #composed({ data }) {
    const { value, selectionEnd } = this.input;
    const hasBreak = !this.#isBreak && data.endsWith("\n") && value[selectionEnd - 1] === "\n";
    this.#isComposing = false;
    if (hasBreak) this.input.value = value.slice(0, selectionEnd - 1) + value.slice(selectionEnd);
    if (hasBreak || this.#isEnding) this.#send();
  }

  #send(event) {
    event?.preventDefault();
    this.#isEnding = false;
    const content = this.input.value.trim();
    this.#isWaiting = !isBlank(content) && this.#isHeldUp;
    if (this.button.disabled) return;
    this.chat.drafts.remove(this.#key);
    this.input.value = "";
    this.chat.turns.send({ type: "text", content }, content);
    this.#fit();
    this.input.focus();
  }
}
