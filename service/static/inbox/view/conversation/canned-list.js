/** Canned replies below a slash: a list that is walked by keyboard while the focus stays in the text. */

import { html, nothing } from "lit";
import { askedFor, filled, found, gapsIn, known } from "../../store/canned.js";
import { t } from "../../texts.js";

export class CannedList {
  /** What was typed after the slash, while the list is open. @type {{from: number, word: string}|null} */
  #asked = null;
  #replies = null;
  #active = 0;
  /** The place of a slash that was closed by hand. */
  #closed = null;

  /** @param {import("../element.js").View & {field: HTMLTextAreaElement, conversation: object}} host */
  constructor(host) {
    this.host = host;
  }

  get isOpen() {
    return this.#asked !== null;
  }

  get activeId() {
    return this.#found.length ? `canned-${this.#active}` : null;
  }

  /** The text or the caret is another. */
  look() {
    const { field } = this.host;
    const asked = field.selectionStart === field.selectionEnd ? askedFor(field.value, field.selectionStart) : null;
    if (asked?.from !== this.#closed) this.#closed = null;
    const next = asked && this.#closed === null ? asked : null;
    if (next?.word !== this.#asked?.word) this.#active = 0;
    if (next && !this.#asked) this.#read();
    if (next !== this.#asked) this.host.requestUpdate();
    this.#asked = next;
  }

  /** By the button: as if a slash had been typed. */
  ask() {
    const { field } = this.host;
    field.focus();
    const before = field.value.slice(0, field.selectionStart);
    write(field, field.selectionStart, field.selectionEnd, before && !/\s$/.test(before) ? " /" : "/");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {boolean} [isMeant] whether it stays closed for this slash */
  close(isMeant = true) {
    if (!this.#asked) return;
    if (isMeant) this.#closed = this.#asked.from;
    this.#asked = null;
    this.host.requestUpdate();
  }

  /** @returns {boolean} whether the key was the list's */
  pressed(event) {
    if (!this.#asked) return false;
    const { length } = this.#found;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.close();
    else if (move && length) this.#active = (this.#active + move + length) % length;
    else if (["Enter", "Tab"].includes(event.key) && length && !event.shiftKey && !event.altKey)
      this.#choose(this.#found[this.#active]);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    this.host.requestUpdate();
    return true;
  }

  render() {
    if (!this.#asked) return html`<p class="sr" role="status"></p>`;
    const replies = this.#found;
    return html`<p class="sr" role="status">${this.#replies ? t("talk_canned_found", { n: replies.length }) : nothing}</p>
      <div class="canned">
        ${
          replies.length
            ? html`<ul role="listbox" id="canned" aria-label=${t("talk_canned")}>
                ${replies.map(
                  (
                    reply,
                    place,
                  ) => html`<li role="option" id=${`canned-${place}`} aria-selected=${place === this.#active}
                    @pointerdown=${(event) => event.preventDefault()} @click=${() => this.#choose(reply)}>
                    <strong>/${reply.shortcut}</strong> ${reply.isPersonal ? html`<span class="mark">${t("talk_canned_own")}</span>` : nothing}
                    <span class="aside">${reply.content.replace(/\s+/g, " ").slice(0, 120)}</span>
                  </li>`,
                )}
              </ul>`
            : html`<p class="none" id="canned">${this.#replies ? t("talk_canned_none") : t("loading")}</p>`
        }
      </div>`;
  }

  get #found() {
    return this.#asked && this.#replies ? found(this.#replies, this.#asked.word) : [];
  }

  async #read() {
    const { notices, talk } = this.host.desk;
    try {
      this.#replies = await talk.cannedReplies();
    } catch (error) {
      this.close();
      notices.fail(error);
    }
    this.host.requestUpdate();
  }

  #choose({ content }) {
    const { field, conversation, desk } = this.host;
    const { from } = this.#asked;
    const text = filled(content, known(conversation, desk.inbox.me));
    this.#asked = null;
    field.focus();
    write(field, from, field.selectionStart, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const [gap] = gapsIn(text);
    if (gap) field.setSelectionRange(from + gap.from, from + gap.to);
    this.host.requestUpdate();
  }
}

/** As if it had been typed: it can be undone like that. */
function write(field, from, to, text) {
  field.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) field.setRangeText(text, from, to, "end");
}
