/** A try of the search: what would be found for a question, how well it fits, and whether it would be answered. */

import { html, nothing } from "lit";
import { locale, t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { AUDIENCES, address, LOCALES, named, tabs } from "./parts.js";

const LONGEST = 500;
const PLACE = "articles/try";

class InboxArticleTry extends Loaded {
  heading = "art_tab_try";
  #results = null;
  #shown = null;

  connectedCallback() {
    super.connectedCallback();
    this.desk.places.addEventListener("change", () => this.#moved(), { signal: this.life });
  }

  get #query() {
    const query = new URLSearchParams(location.search);
    const one = (name, values, otherwise) => (values.includes(query.get(name)) ? query.get(name) : otherwise);
    return {
      q: (query.get("q") ?? "").trim().slice(0, LONGEST),
      locale: one("locale", LOCALES, locale),
      audience: one("audience", AUDIENCES, "all"),
    };
  }

  async load(signal) {
    const query = this.#query;
    this.#shown = JSON.stringify(query);
    const { results } = query.q ? await this.desk.api.get("/articles/search", query, { signal }) : { results: null };
    if (this.#shown === JSON.stringify(query)) this.#results = results;
  }

  page() {
    const { q, locale: language, audience } = this.#query;
    return html`${tabs(this.desk.places, "try")}
      <p class="small">${t("art_try_hint")}</p>
      <form class="search" role="search" @submit=${this.#look}>
        <input type="search" name="q" maxlength=${LONGEST} required .value=${q} aria-label=${t("art_try_question")} placeholder=${t("art_try_question")}>
        ${this.#select("locale", LOCALES, language)}${this.#select("audience", AUDIENCES, audience)}
        <button class="main">${t("art_look")}</button>
      </form>
      <div class="tries" role="status">${this.#results ? this.#found(this.#results) : nothing}</div>`;
  }

  #select(name, values, chosen) {
    return html`<select name=${name} aria-label=${t(`art_${name}`)} @change=${({ target }) => target.form.requestSubmit()}>
      ${named(name, values).map(([value, text]) => html`<option value=${value} .selected=${value === chosen}>${text}</option>`)}
    </select>`;
  }

  #found(results) {
    const isAnswered = Boolean(results[0]?.answerable);
    return html`<p class="standing ${isAnswered ? "online" : "away"}">${t(!results.length ? "art_try_none" : isAnswered ? "art_try_answered" : "art_try_not_answered")}</p>
      <ol class="cards">${results.map((one) => this.#result(one))}</ol>`;
  }

  #result(one) {
    return html`<li class="card">
      <div class="about">
        <a class="title" href=${address(this.desk.places, one.articleId)}><bdi lang=${one.locale}>${one.title}</bdi></a>
        ${one.titlePath && one.titlePath !== one.title ? html`<p class="small" lang=${one.locale}>${one.titlePath}</p>` : nothing}
        <p class="piece" lang=${one.locale}>${one.text}</p>
      </div>
      <dl class="scores">
        <div><dt>${t("art_score")}</dt><dd>${one.score.toLocaleString(locale, { maximumFractionDigits: 2 })}</dd></div>
        <div><dt>${t("art_coverage")}</dt><dd>${one.coverage.toLocaleString(locale, { style: "percent" })}</dd></div>
        <div><dt>${t("art_answerable")}</dt><dd>${t(one.answerable ? "set_yes" : "set_no")}</dd></div>
      </dl>
    </li>`;
  }

  #look = (event) => {
    event.preventDefault();
    const { places } = this.desk;
    const values = [...new FormData(event.target)].filter(([, value]) => value);
    const to = `${places.page(PLACE)}?${new URLSearchParams(values)}`;
    // The same once more: what is written has changed perhaps.
    if (to === location.pathname + location.search) this.reload();
    else places.go(to);
  };

  #moved() {
    const { page, rest } = this.desk.places.now;
    if (page && `${page.path}/${rest}` === PLACE && this.#shown !== JSON.stringify(this.#query)) this.reload();
  }
}

customElements.define("inbox-article-try", InboxArticleTry);
