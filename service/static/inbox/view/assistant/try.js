/** A try of the assistant: what would be answered to a question, with all that led to it. Nothing is changed by it. */

import { html, nothing } from "lit";
import { locale, problemText, t } from "../../texts.js";
import { View } from "../element.js";
import { tried } from "./tried.js";

const LONGEST = 1000;
/** Milliseconds between two looks at a try that a worker has, and after which nobody waits any more. */
const PAUSE = 700;
const PATIENCE = 180_000;

class InboxAssistantTry extends View {
  static properties = { settings: { attribute: false }, mode: {}, environment: { attribute: false } };
  #question = "";
  #language = locale;
  #audience = "all";
  #tried = null;
  #error = null;
  /** The try that is waited for; another one begins when somebody asks again. */
  #waited = null;

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#waited = null;
  }

  render() {
    const isUnsaved = Object.keys(this.settings).length > 0;
    return html`<section class="try" aria-labelledby="try-title">
      <h2 id="try-title">${t("asi_try")}</h2>
      <p class="small">${t("asi_try_hint")}</p>
      <form @submit=${this.#submit}>
        <div class="field">
          <label for="try-question">${t("asi_try_question")}</label>
          <textarea id="try-question" rows="2" required maxlength=${LONGEST} .value=${this.#question}
            @input=${({ target }) => (this.#question = target.value)} @keydown=${this.#keyed}></textarea>
        </div>
        <div class="row">
          <select aria-label=${t("asi_try_as")} @change=${({ target }) => (this.#audience = target.value)}>
            ${["all", "members"].map((one) => html`<option value=${one} ?selected=${one === this.#audience}>${t(`asi_as_${one}`)}</option>`)}
          </select>
          <select aria-label=${t("asi_try_language")} @change=${({ target }) => (this.#language = target.value)}>
            ${["ko", "en"].map((one) => html`<option value=${one} ?selected=${one === this.#language}>${t(`asi_language_${one}`)}</option>`)}
          </select>
          <button class="main" ?disabled=${this.#waited !== null}>${t("asi_try_do")}</button>
        </div>
        ${isUnsaved ? html`<p class="small">${t("asi_try_unsaved")}</p>` : nothing}
      </form>
      <div class="tried-out" role="status" aria-busy=${this.#waited !== null}>
        ${this.#error ? html`<p class="fault">${this.#error}</p>` : nothing}
        ${this.#tried ? tried(this.#tried, this.desk.places) : nothing}
      </div>
    </section>`;
  }

  /** Enter sends, as in the chat; with Shift it begins a line. */
  #keyed = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  };

  #submit = async (event) => {
    event.preventDefault();
    if (this.#waited || !this.#question.trim()) return;
    const mine = {};
    this.#waited = mine;
    this.#error = null;
    this.requestUpdate();
    try {
      const body = { question: this.#question, locale: this.#language, audience: this.#audience };
      const first = await this.desk.api.post("/assistant/try", { ...body, settings: this.settings });
      await this.#follow(first, mine);
    } catch (error) {
      this.#tried = null;
      this.#error = error.code === "invalid" ? t("asi_try_invalid") : problemText(error);
    }
    if (this.#waited === mine) this.#waited = null;
    this.requestUpdate();
  };

  /** How far it is; null where that could not be told just now, for the next look may. */
  async #look(id) {
    try {
      return await this.desk.api.get(`/assistant/try/${id}`);
    } catch (error) {
      if (error.mayPass) return null;
      throw error;
    }
  }

  /** Show it as far as it is, until it is done. */
  async #follow(first, mine) {
    const until = Date.now() + PATIENCE;
    this.#tried = first;
    while (this.#tried.status === "pending" && this.#waited === mine && Date.now() < until) {
      this.requestUpdate();
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      const now = await this.#look(first.id);
      if (now && this.#waited === mine) this.#tried = now;
    }
    if (this.#tried.status === "pending" && this.#waited === mine) this.#tried = { ...this.#tried, status: "failed" };
  }
}

customElements.define("inbox-assistant-try", InboxAssistantTry);
