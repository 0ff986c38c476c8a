/** What was asked of the bot and what became of it: totals of a period, and each question. The filters stand in the address. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { entry } from "./entry.js";
import { totals } from "./totals.js";
import { OUTCOMES } from "./words.js";

/** @see Places.register */
export const tag = "inbox-answers";

const PLACE = "answers";
const FILTERS = { outcome: OUTCOMES, mode: ["extractive", "generative"], helpful: ["yes", "no", "none"] };
const DAYS = ["7", "30", "90"];
const USUAL = "30";

class InboxAnswers extends Loaded {
  heading = "page_answers";
  answers = [];
  totals = null;
  #next = null;
  #isAsking = false;
  #shown = null;

  connectedCallback() {
    super.connectedCallback();
    this.desk.places.addEventListener("change", () => this.#moved(), { signal: this.life });
  }

  /** What the address looks for. */
  get #search() {
    const query = new URLSearchParams(location.search);
    const chosen = Object.entries(FILTERS).map(([name, values]) => [
      name,
      values.includes(query.get(name)) ? query.get(name) : "",
    ]);
    return { days: DAYS.includes(query.get("days")) ? query.get("days") : USUAL, ...Object.fromEntries(chosen) };
  }

  /** As the service takes it. */
  get #query() {
    const { days, ...filters } = this.#search;
    return { ...filters, days };
  }

  async load(signal) {
    const search = this.#query;
    this.#shown = JSON.stringify(search);
    const { answers, nextCursor, totals: told } = await this.desk.api.get("/assistant/answers", search, { signal });
    // Somebody looks for something else by now.
    if (this.#shown !== JSON.stringify(search)) return;
    Object.assign(this, { answers, totals: told });
    this.#next = nextCursor;
  }

  page() {
    const { days, ...filters } = this.#search;
    const isNarrow = Object.values(filters).some(Boolean);
    const { desk } = this;
    return html`
      <div class="row head">
        <p class="small">${t("asi_answers_hint")}</p>
        <a class="button" href=${desk.places.page("settings/assistant")}>${t("page_assistant")}</a>
      </div>
      ${this.#form(days, filters)}
      ${totals(this.totals)}
      ${this.answers.length ? html`<ol class="cards asked">${this.answers.map((one) => entry(one, desk))}</ol>` : html`<p class="empty" role="status">${t(isNarrow ? "asi_answers_none_found" : "asi_answers_none")}</p>`}
      ${this.#next ? html`<button type="button" ?disabled=${this.#isAsking} @click=${this.#more}>${t("told_more")}</button>` : nothing}`;
  }

  #form(days, filters) {
    const choose = ({ target }) => target.form.requestSubmit();
    return html`<form class="search" role="search" aria-label=${t("asi_filters")} @submit=${this.#look}>
      <select name="days" aria-label=${t("fig_span")} @change=${choose}>
        ${DAYS.map((one) => html`<option value=${one} ?selected=${one === days}>${t("asi_days", { n: one })}</option>`)}
      </select>
      ${Object.entries(FILTERS).map(
        ([name, values]) => html`<select name=${name} aria-label=${t(`asi_filter_${name}`)} @change=${choose}>
          <option value="">${t(`asi_filter_${name}`)}: ${t("asi_any")}</option>
          ${values.map((one) => html`<option value=${one} ?selected=${one === filters[name]}>${t(optionKey(name, one))}</option>`)}
        </select>`,
      )}
    </form>`;
  }

  #look = (event) => {
    event.preventDefault();
    const values = [...new FormData(event.target)].filter(
      ([name, value]) => value && !(name === "days" && value === USUAL),
    );
    const query = new URLSearchParams(values).toString();
    const { places } = this.desk;
    places.go(query ? `${places.page(PLACE)}?${query}` : places.page(PLACE));
  };

  #moved() {
    if (this.desk.places.now.page?.path === PLACE && this.#shown !== JSON.stringify(this.#query)) this.reload();
  }

  #more = async () => {
    this.#isAsking = true;
    this.requestUpdate();
    const [shown, asked] = [this.#shown, this.#next];
    try {
      const page = await this.desk.api.get("/assistant/answers", { ...this.#query, cursor: asked });
      // The same is looked for, and what is shown ends where it did.
      if (shown === this.#shown && asked === this.#next) {
        this.answers = [...this.answers, ...page.answers];
        this.#next = page.nextCursor;
      }
    } catch (error) {
      this.desk.notices.fail(error);
    }
    this.#isAsking = false;
    this.requestUpdate();
  };
}

const optionKey = (name, value) => (name === "outcome" ? `asi_outcome_${value}` : `asi_${name}_${value}`);

customElements.define(tag, InboxAnswers);
