/** A page of settings with pages of its own behind it: `settings/rules`, `settings/rules/<id>/runs`. */

import { html } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { View } from "../element.js";

/** A subclass has `part(id, what)`, which shows the place behind its address. */
export class Parts extends View {
  #rest = null;

  render() {
    const { rest } = this.place;
    const [id = "", what = ""] = rest.split("/");
    return html`${keyed(rest, this.part(id, what))}`;
  }

  /** Who went on within it begins at its head. */
  updated() {
    const { rest } = this.place;
    if (this.#rest !== null && this.#rest !== rest) this.closest("main")?.focus();
    this.#rest = rest;
  }
}

/** The way back to the list. */
export const back = (address, name) => html`<p class="back"><a href=${address}>← ${name}</a></p>`;
