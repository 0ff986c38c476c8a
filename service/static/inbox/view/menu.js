/** Buttons that open something below them: one at a time, closed by Escape, by a click elsewhere, and by walking on. */

import { html, nothing } from "lit";
import { icon } from "./icons.js";

export class Menus {
  /** The name of the one that is open. @type {string|null} */
  open = null;
  #life = null;

  /** @param {import("./element.js").View} host in which they stand */
  constructor(host) {
    this.host = host;
    host.addController(this);
  }

  hostConnected() {
    this.#life = new AbortController();
    const { signal } = this.#life;
    addEventListener("pointerdown", ({ target }) => this.#node?.contains(target) || this.close(), { signal });
    this.host.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    this.host.addEventListener("focusout", ({ relatedTarget }) => this.#left(relatedTarget), { signal });
  }

  hostDisconnected() {
    this.#life.abort();
  }

  /** @param {boolean} [isBack] whether the focus goes back to the button */
  close(isBack = false) {
    if (!this.open) return;
    const button = this.#node?.querySelector("button");
    this.open = null;
    this.host.requestUpdate();
    if (isBack) button?.focus();
  }

  /** @param {string} name @param {{label: string, icon?: string, class?: string, isIconOnly?: boolean, prepare?: () => Promise<void>}} look @param {() => unknown} content what is in it, made when it is open */
  render(name, { label, icon: picture, class: kind = "", isIconOnly = false, prepare }, content) {
    const isOpen = this.open === name;
    const id = `${this.host.localName}-${name}`;
    return html`<div class="menu" data-menu=${name}>
      <button type="button" class=${kind} aria-expanded=${isOpen} aria-controls=${isOpen ? id : nothing}
        aria-label=${isIconOnly ? label : nothing} title=${isIconOnly ? label : nothing} @click=${() => this.toggle(name, prepare)}>
        ${picture ? icon(picture) : nothing}${isIconOnly ? nothing : label}
      </button>
      ${isOpen ? html`<div class="choices" id=${id} role="group" aria-label=${label}>${content()}</div>` : nothing}
    </div>`;
  }

  get #node() {
    return this.open && this.host.querySelector(`[data-menu="${this.open}"]`);
  }

  /** @param {() => Promise<void>} [prepare] what has to be there before it opens */
  async toggle(name, prepare) {
    const isOpening = this.open !== name;
    const before = document.activeElement;
    if (isOpening) await prepare?.();
    // Who went on meanwhile, to write say, is not called back.
    if (document.activeElement !== before) return;
    this.open = isOpening ? name : null;
    this.host.requestUpdate();
    if (!isOpening) return;
    await this.host.updateComplete;
    this.#node?.querySelector(".choices :is(button, input, select):not(:disabled)")?.focus();
  }

  #pressed(event) {
    if (event.key === "Escape" && this.open) {
      event.stopPropagation();
      this.close(true);
    }
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || !this.open || event.target.matches("input, select")) return;
    const choices = [...this.#node.querySelectorAll(".choices button:not(:disabled)")];
    const at = choices.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    choices.at(at % choices.length)?.focus();
    event.preventDefault();
  }

  #left(to) {
    if (to && this.open && !this.#node?.contains(to)) this.close();
  }
}
