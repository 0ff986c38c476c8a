/** The figures of some days: who waits, how long it takes, how many there are, and of whom. The days stand in the address. */

import { html, nothing } from "lit";
import { locale, t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { byDay, byLabel, byOperator, ratings } from "./groups.js";
import { times, waiting } from "./times.js";

/** @see Places.register */
export const tag = "inbox-figures";

const PLACE = "figures";
/** As wide as a sheet is, in pixels. */
const WIDEST = 54 * 16;
const SPANS = ["1", "7", "30"];

class InboxFigures extends Loaded {
  heading = "page_figures";
  figures = null;
  #isTooMuch = false;
  #shown = null;
  #width = 640;

  connectedCallback() {
    super.connectedCallback();
    this.desk.places.addEventListener("change", () => this.#moved(), { signal: this.life });
    document.addEventListener("visibilitychange", () => !document.hidden && this.reload(), { signal: this.life });
    const watch = new ResizeObserver(([{ contentRect }]) => this.#resized(contentRect.width));
    watch.observe(this);
    this.life.addEventListener("abort", () => watch.disconnect());
  }

  /** The days that the address names: so many until today, or from one to another. */
  get #days() {
    const query = new URLSearchParams(location.search);
    const [from, to] = [query.get("from"), query.get("to")];
    if (from || to) return { from, to };
    const days = query.get("days");
    return { days: /^\d{1,3}$/.test(days) ? days : "1" };
  }

  async load(signal) {
    const days = this.#days;
    this.#shown = JSON.stringify(days);
    try {
      const figures = await this.desk.api.get("/figures", days, { signal });
      // Somebody looks at other days by now.
      if (this.#shown === JSON.stringify(days)) Object.assign(this, { figures });
      this.#isTooMuch = false;
    } catch (error) {
      if (error.code !== "invalid") throw error;
      this.#isTooMuch = true;
    }
  }

  #moved() {
    if (this.desk.places.now.page?.path === PLACE && JSON.stringify(this.#days) !== this.#shown) this.reload();
  }

  #resized(width) {
    const inner = Math.min(width, WIDEST);
    if (!inner || Math.abs(inner - this.#width) < 8) return;
    this.#width = inner;
    this.requestUpdate();
  }

  page() {
    return html`
      ${this.#choice()}
      ${this.#isTooMuch ? html`<p class="empty" role="alert">${t("fig_too_much")}</p>` : this.#all()}`;
  }

  #choice() {
    const days = this.#days;
    const { from = "", to = "", timeZone = "" } = this.figures ?? {};
    const file = new URLSearchParams({ ...(days.days ? { days: days.days } : { from, to }), lang: locale });
    return html`<div class="choice">
      <nav class="spans-of-days" aria-label=${t("fig_span")}>
        ${SPANS.map(
          (span) =>
            html`<a class="button" href=${this.desk.places.page(`${PLACE}?days=${span}`)} aria-current=${days.days === span ? "true" : nothing}>${t(`fig_span_${span}`)}</a>`,
        )}
      </nav>
      <form @submit=${this.#look}>
        <label>${t("fig_from")} <input type="date" name="from" required .value=${from}></label>
        <label>${t("fig_to")} <input type="date" name="to" required .value=${to}></label>
        <button>${t("fig_show")}</button>
      </form>
      <a class="button" href="/api/v1/inbox/figures.csv?${file}" download>${t("fig_csv")}</a>
      <p class="small" role="status">${t("fig_of", { from, to, zone: timeZone })}</p>
    </div>`;
  }

  #all() {
    const { figures } = this;
    const width = this.#width;
    return html`
      ${waiting(figures)}
      ${times(figures, width)}
      ${byDay(figures, width)}
      ${byOperator(figures)}
      ${byLabel(figures)}
      ${ratings(figures, width)}`;
  }

  #look = (event) => {
    event.preventDefault();
    const { from, to } = Object.fromEntries(new FormData(event.target));
    const [first, last] = from <= to ? [from, to] : [to, from];
    this.desk.places.go(this.desk.places.page(`${PLACE}?${new URLSearchParams({ from: first, to: last })}`));
  };
}

customElements.define(tag, InboxFigures);
