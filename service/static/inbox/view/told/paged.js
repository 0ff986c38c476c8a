/** A list that comes in pages, newest first. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { Loaded } from "../loaded.js";

/**
 * A subclass has `path` and `list` (under which name the service answers it), and `items(rows)` that shows them; `query` where
 * it asks for some only.
 */
export class Paged extends Loaded {
  rows = [];
  #next = null;
  #isAsking = false;

  /** @returns {Record<string, string>} */
  get query() {
    return {};
  }

  async load(signal) {
    const asked = JSON.stringify(this.query);
    const answer = await this.desk.api.get(this.path, this.query, { signal });
    // Something else is asked for by now.
    if (asked !== JSON.stringify(this.query)) return;
    this.rows = answer[this.list];
    this.#next = answer.nextCursor;
  }

  /** The list, and what brings the next page. @param {string} none a key: what is said where there is nothing */
  pages(none) {
    return html`
      ${this.rows.length ? this.items(this.rows) : html`<p class="empty">${t(none)}</p>`}
      ${this.#next ? html`<button type="button" ?disabled=${this.#isAsking} @click=${this.#more}>${t("told_more")}</button>` : nothing}`;
  }

  #more = async () => {
    this.#isAsking = true;
    this.requestUpdate();
    const [query, asked] = [this.query, this.#next];
    try {
      const answer = await this.desk.api.get(this.path, { ...query, cursor: asked });
      // The same is looked for, and what is shown ends where it did.
      if (JSON.stringify(query) === JSON.stringify(this.query) && asked === this.#next) {
        this.rows = [...this.rows, ...answer[this.list]];
        this.#next = answer.nextCursor;
      }
    } catch (error) {
      this.desk.notices.fail(error);
    }
    this.#isAsking = false;
    this.requestUpdate();
  };

  /** Do something, say that it was done, and read the list anew. @param {string} said a key */
  async act(said, what) {
    try {
      const answer = await what();
      if (said) this.desk.notices.say(t(said));
      await this.reload();
      return answer ?? true;
    } catch (error) {
      this.desk.notices.fail(error);
      await this.reload();
      return null;
    }
  }
}
