/** What the visitor thinks of a conversation that has ended, where that was asked for: a row of five, and words if they like. */

import * as cached from "../cache-adapter.js";
import { h, insert, set, setText } from "../view/dom.js";
import { lateLook } from "../view/dress.js";
import texts from "./texts.js";

const MARKS = [1, 2, 3, 4, 5];
/** As the service takes it. */
const LONGEST = 4000;
// The chosen mark and those before it are filled.
const LOOK = `
.rating fieldset{margin: 0 0 12px; border: 0; padding: 0; text-align: center}
.rating legend{margin-inline: auto; padding: 0 0 6px; font-weight: 600}
.marks{display: flex; justify-content: center; gap: 4px}
.marks label{position: relative; display: grid; place-items: center; inline-size: 44px; block-size: 44px; border-radius: 12px; font-size: 28px; line-height: 1; color: var(--edge); cursor: pointer}
.marks input{position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer}
.marks label:has(:checked), .marks label:has(~ label :checked){color: var(--link)}
.marks label:has(:focus-visible){outline: 2px solid var(--link)}
.rating .control{min-block-size: 64px; margin-block-end: 8px}
.rating .primary{margin-block-end: 8px}
.rating .told{margin: 0 0 12px; text-align: center; font-weight: 600}
.rating .told:empty{display: none}
@media (forced-colors: active){.marks label:has(:checked), .marks label:has(~ label :checked){color: Highlight}}`;

/** Brings its look to where it stands. */
const dress = lateLook(LOOK);

export class Rating {
  /** By conversation, what stands there. @type {Map<string, HTMLElement>} */
  #views = new Map();

  /** @param {import("./company.js").Company} company */
  constructor({ chat, api }) {
    Object.assign(this, { chat, api });
  }

  /** What stands above the end of the conversation that is shown. @returns {HTMLElement|null} */
  view(locale) {
    const { activeId, active } = this.chat;
    const key = activeId + locale;
    if (!this.#views.has(key) && active?.ratingAsked) this.#views.set(key, this.#build(activeId, texts[locale]));
    return this.#views.get(key) ?? null;
  }

  dress = dress;

  forget() {
    this.#views.clear();
  }

  #build(id, { ask, score, comment, rate, thanks }) {
    const words = h("textarea", {
      class: "control",
      rows: 2,
      maxlength: LONGEST,
      dir: "auto",
      hidden: true,
      "aria-label": comment,
      placeholder: comment,
    });
    const send = h("button", { class: "primary", hidden: true, text: rate });
    const mark = (n) =>
      h(
        "label",
        {},
        h("input", { type: "radio", name: "score", value: n, "aria-label": insert(score, { n }) }),
        h("span", { "aria-hidden": "true", text: "★" }),
      );
    const choose = () => {
      words.hidden = send.hidden = false;
    };
    const row = h(
      "fieldset",
      { onchange: choose },
      h("legend", { text: ask }),
      h("div", { class: "marks" }, ...MARKS.map(mark)),
    );
    const told = h("p", { class: "told", role: "status" });
    const give = async (event) => {
      event.preventDefault();
      const chosen = Number(row.querySelector(":checked").value);
      set(send, "disabled", true);
      if (await this.#give(id, chosen, words.value.trim())) {
        form.hidden = true;
        setText(told, thanks);
      }
      set(send, "disabled", false);
    };
    const form = h("form", { onsubmit: give }, row, words, send);
    return h("div", { class: "rating" }, form, told);
  }

  /** @returns {Promise<boolean>} whether it was taken */
  async #give(id, score, comment) {
    const { chat } = this;
    let isTaken = false;
    await chat.faults.guard(async () => {
      const { conversation } = await chat.faults.current(this.api.rate(id, { score, ...(comment && { comment }) }));
      Object.assign(cached.conversationOf(chat.cache, id) ?? {}, conversation);
      isTaken = true;
      chat.emit("rated", { conversationId: id, score });
    });
    return isTaken;
  }
}
