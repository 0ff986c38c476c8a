/** All articles, the last changed first, narrowed by what the address says. */

import { html, nothing } from "lit";
import { ArticleDrafts, NEW } from "../../store/article-drafts.js";
import { t } from "../../texts.js";
import { Paged } from "../told/paged.js";
import {
  AUDIENCES,
  address,
  changed,
  isList,
  LOCALES,
  marks,
  named,
  publicAddress,
  SOURCES,
  STATES,
  tabs,
} from "./parts.js";

const LONGEST_SEARCH = 200;
const FILTERS = { status: STATES, locale: LOCALES, audience: AUDIENCES, source: SOURCES };

class InboxArticleList extends Paged {
  heading = "page_articles";
  path = "/articles";
  list = "articles";
  #shown = null;

  connectedCallback() {
    super.connectedCallback();
    this.desk.places.addEventListener("change", () => this.#moved(), { signal: this.life });
  }

  /** What the address looks for. */
  get query() {
    const query = new URLSearchParams(location.search);
    const wanted = Object.entries(FILTERS).map(([name, values]) => [name, query.get(name), values]);
    return {
      q: (query.get("q") ?? "").trim().slice(0, LONGEST_SEARCH),
      ...Object.fromEntries(wanted.filter(([, value, values]) => values.includes(value)).map((one) => one.slice(0, 2))),
    };
  }

  load(signal) {
    this.#shown = JSON.stringify(this.query);
    return super.load(signal);
  }

  page() {
    const { places } = this.desk;
    const isNarrow = Object.values(this.query).some(Boolean);
    return html`
      ${tabs(places, "")}
      <div class="row head">
        <p class="small">${t("art_hint")} <a href="/help" target="_blank">${t("art_open_help")}</a></p>
        ${
          this.mayConfigure
            ? html`<div class="row"><a class="button" href=${address(places, "import")}>${t("art_import")}</a>
                <a class="button main" href=${address(places, "new")}>${t("art_add")}</a></div>`
            : nothing
        }
      </div>
      ${this.#begun()}
      ${this.#form()}
      ${this.pages(isNarrow ? "set_none_found" : "art_none")}`;
  }

  #form() {
    const { query } = this;
    return html`<form class="search" role="search" @submit=${this.#look}>
      <input type="search" name="q" maxlength=${LONGEST_SEARCH} .value=${query.q} aria-label=${t("art_search")} placeholder=${t("art_search")}>
      ${Object.entries(FILTERS).map(
        ([
          name,
          values,
        ]) => html`<select name=${name} aria-label=${t(`art_${name}`)} @change=${({ target }) => target.form.requestSubmit()}>
          <option value="">${t(`art_${name}_any`)}</option>
          ${named(name, values).map(([value, text]) => html`<option value=${value} .selected=${value === query[name]}>${text}</option>`)}
        </select>`,
      )}
      <button>${t("art_look")}</button>
    </form>`;
  }

  /** A new one that was left half written. */
  #begun() {
    const text = this.mayConfigure && this.#drafts.get(NEW)?.text;
    if (!text) return nothing;
    return html`<p class="begun"><span>${t("art_new_begun", { title: text.title || t("art_untitled") })}</span>
      <a href=${address(this.desk.places, "new")}>${t("art_go_on")}</a></p>`;
  }

  items(rows) {
    const begun = this.#drafts.ids();
    return html`<ul class="cards articles">${rows.map((one) => this.#article(one, begun.has(one.id)))}</ul>`;
  }

  #article(one, isBegun) {
    const { places } = this.desk;
    return html`<li class="card ${one.status === "draft" ? "off" : ""}" data-article=${one.id}>
      <div class="about">
        <a class="title" href=${address(places, one.id)}><bdi>${one.title}</bdi></a>
        <p class="words">${one.excerpt}</p>
        <p class="small">${marks(one, isBegun)} ${changed(one)}${one.source ? html` · <span class="address">${one.source}</span>` : nothing}</p>
      </div>
      ${one.status === "published" ? html`<a class="seen" href=${publicAddress(one)} target="_blank">${t("art_see")}<span class="sr">: ${one.title}</span></a>` : nothing}
    </li>`;
  }

  get #drafts() {
    return new ArticleDrafts(this.desk.talk.drafts);
  }

  #look = (event) => {
    event.preventDefault();
    const values = [...new FormData(event.target)].filter(([, value]) => value);
    const { places } = this.desk;
    places.go([address(places), new URLSearchParams(values)].filter(String).join("?"));
  };

  #moved() {
    if (isList(this.desk.places) && this.#shown !== JSON.stringify(this.query)) this.reload();
  }
}

customElements.define("inbox-article-list", InboxArticleList);
