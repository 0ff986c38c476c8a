/** A page whose data come from the service: it says that it loads, and what to do where it could not. */

import { html, nothing } from "lit";
import { problemText, t } from "../texts.js";
import { View } from "./element.js";

/**
 * A subclass has `heading` (a key), `load(signal)`, which keeps what it read, and `page()`, which shows it. What it asks for it
 * asks with this signal, so that no answer comes after one that was asked for later.
 */
export class Loaded extends View {
  /** @type {"loading"|"ready"|"failed"} */
  state = "loading";
  #error = null;
  /** What is on its way. @type {?AbortController} */
  #asked = null;

  connectedCallback() {
    super.connectedCallback();
    this.reload();
    // Signed in again in another tab: what could not be read can be now.
    this.desk.api.addEventListener("session", () => this.state === "failed" && this.reload(), { signal: this.life });
  }

  /** Read anew; what is shown stays until it is there. @returns {Promise<boolean>} false where it was called off: it is read anew once more */
  async reload() {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    if (this.state === "failed") this.state = "loading";
    this.requestUpdate();
    try {
      await this.load(asked.signal);
      if (asked !== this.#asked) return false;
      this.state = "ready";
    } catch (error) {
      // Who has left the page is told nothing of it.
      if (asked !== this.#asked || this.life.aborted) return false;
      if (this.state === "ready") this.desk.notices.fail(error, () => this.reload());
      else Object.assign(this, { state: "failed" });
      this.#error = error;
    }
    this.#asked = null;
    this.requestUpdate();
    return true;
  }

  /** Something was changed here: what is on its way was asked for before that, and is asked for once more. */
  overtake() {
    this.requestUpdate();
    if (this.#asked) this.reload();
  }

  /** To another place, when something is done: who has gone elsewhere meanwhile is not fetched back. @param {string} address as of `Places` */
  go(address, options) {
    if (!this.life.aborted) this.desk.places.go(address, options);
  }

  /** Whether this operator may change what only admins change. */
  get mayConfigure() {
    return this.desk.inbox.me.may.includes("configure");
  }

  render() {
    return html`<div class="sheet">
      <h1>${t(this.heading)}</h1>
      ${this.state === "loading" ? html`<p class="hint" role="status">${t("loading")}</p>` : nothing}
      ${this.state === "failed" ? this.#failed() : nothing}
      ${this.state === "ready" ? this.page() : nothing}
    </div>`;
  }

  #failed() {
    return html`<div class="empty" role="alert">
      <p>${problemText(this.#error)}</p>
      <button type="button" @click=${() => this.reload()}>${t("again")}</button>
    </div>`;
  }
}
