/**
 * The search in all that was said, noted, asked for and known. What is looked for stands in the address; a hit leads to its
 * place, and who comes back is where they were.
 */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { icon } from "../icons.js";
import { Loaded } from "../loaded.js";
import { chips, isNarrowed, queryOf } from "./filters.js";
import { hitView } from "./hit.js";

/** @see Places.register */
export const tag = "inbox-search";

const PLACE = "search";
const LONGEST = 200;
const PAGE = 30;
/** After the last letter, in milliseconds; and how long what was found is shown again to who comes back. */
const TYPED = 250;
const KEPT = 120_000;
/** What is this little behind is in time for everybody, in seconds. */
const SOON = 15;

/** What was found last, for who comes back. */
let kept = null;

class InboxSearch extends Loaded {
  heading = "page_search";
  hits = [];
  index = null;
  #next = null;
  #isAsking = false;
  #shown = null;
  #typed = null;
  #watch = null;
  #isThere = false;

  connectedCallback() {
    super.connectedCallback();
    const { places, inbox, channels, keys } = this.desk;
    places.addEventListener("change", () => this.#moved(), { signal: this.life });
    for (const part of [inbox, channels])
      part.addEventListener("change", () => this.requestUpdate(), { signal: this.life });
    keys.add({ name: "search_field", key: "/", label: "key_search_field", run: () => this.#field?.focus() }, this.life);
    this.#watch = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && this.#more(), {
      rootMargin: "400px",
    });
    this.life.addEventListener("abort", () => this.#leaveOff());
  }

  /** Who has gone elsewhere before what they typed was looked for is not fetched back. */
  #leaveOff() {
    clearTimeout(this.#typed);
    this.#watch.disconnect();
  }

  /** What the address looks for. */
  get #search() {
    return queryOf(new URLSearchParams(location.search), LONGEST);
  }

  get #field() {
    return this.querySelector("input[type=search]");
  }

  async load(signal) {
    const search = this.#search;
    const shown = JSON.stringify(search);
    this.#shown = shown;
    if (!search.q) return this.#show([], null, null);
    if (kept?.shown === shown && Date.now() - kept.at < KEPT) return this.#show(kept.hits, kept.next, kept.index);
    const { hits, nextCursor, index } = await this.desk.api.get("/search", { ...search, limit: PAGE }, { signal });
    // Somebody looks for something else by now.
    if (this.#shown === shown) this.#show(hits, nextCursor, index);
    return undefined;
  }

  #show(hits, next, index) {
    Object.assign(this, { hits, index });
    this.#next = next;
    kept = {
      shown: this.#shown,
      at: Date.now(),
      hits,
      next,
      index,
      focused: kept?.shown === this.#shown ? kept.focused : null,
    };
  }

  updated() {
    const field = this.#field;
    // What is being typed is not touched.
    if (field && document.activeElement !== field) field.value = this.#search.q;
    const end = this.querySelector(".more-hits");
    this.#watch.disconnect();
    if (end) this.#watch.observe(end);
    if (this.#isThere || this.state !== "ready") return;
    // Who comes back is at the hit that they followed; who comes anew begins to write.
    this.#isThere = true;
    (this.querySelector(`[data-hit="${kept?.focused}"]`) ?? field).focus();
  }

  page() {
    const search = this.#search;
    return html`
      ${this.#form(search)}
      ${this.#behind()}
      ${search.q ? this.#found(search) : html`<p class="empty">${t("search_begin")}</p>`}`;
  }

  #form({ q, sort, ...filters }) {
    const isBest = sort === "best";
    return html`<search class="find">
      <label class="look">${icon("search")}
        <input type="search" maxlength=${LONGEST} autocomplete="off" aria-label=${t("search_what")} placeholder=${t("search_what")}
          @input=${this.#type} @compositionend=${this.#type} @keydown=${this.#walkIn}>
      </label>
      <div class="narrow">
        ${chips(filters, this.desk, (name, value) => this.#go({ [name]: value }))}
        ${isNarrowed(filters) ? html`<button type="button" class="quiet chip" @click=${() => this.#go(null)}>${t("filters_none")}</button>` : nothing}
        <span class="sorts" role="group" aria-label=${t("search_sort")}>
          ${["newest", "best"].map((one) => html`<button type="button" class="chip" aria-pressed=${(one === "best") === isBest} @click=${() => this.#go({ sort: one === "best" ? one : "" })}>${t(`search_${one}`)}</button>`)}
        </span>
      </div>
    </search>`;
  }

  #found({ q, sort, ...filters }) {
    const { hits } = this;
    const told = hits.length ? t(this.#next ? "search_found_more" : "search_found", { n: hits.length }) : "";
    return html`<p class="sr" role="status">${told}</p>
      ${
        hits.length
          ? html`<ol class="hits" @keydown=${this.#walk} @click=${this.#leave}>${hits.map((one) => hitView(one, this.desk))}</ol>`
          : html`<div class="empty" role="status">
              <p>${t("search_none", { q })}</p>
              ${sort === "best" ? nothing : html`<button type="button" @click=${() => this.#go({ sort: "best" })}>${t("search_try_best")}</button>`}
              ${isNarrowed(filters) ? html`<button type="button" @click=${() => this.#go(null)}>${t("search_try_all")}</button>` : nothing}
            </div>`
      }
      ${this.#next ? html`<button type="button" class="more-hits" ?disabled=${this.#isAsking} @click=${this.#more}>${t(this.#isAsking ? "loading" : "search_more")}</button>` : nothing}`;
  }

  /** Said honestly where not all can be found. */
  #behind() {
    const { index } = this;
    if (!index) return nothing;
    const { isComplete, behindSeconds } = index;
    if (behindSeconds === null) return html`<p class="bar warn" role="status">${t("search_never")}</p>`;
    if (behindSeconds > SOON)
      return html`<p class="bar warn" role="status">${t("search_behind", { n: Math.ceil(behindSeconds / 60) })}</p>`;
    return isComplete ? nothing : html`<p class="bar" role="status">${t("search_filling")}</p>`;
  }

  #type = ({ target, isComposing }) => {
    clearTimeout(this.#typed);
    // Half a syllable is no word. As it was typed: the field shows the address again as soon as the keyboard is elsewhere.
    const q = target.value;
    if (!isComposing) this.#typed = setTimeout(() => this.#go({ q }), TYPED);
  };

  /** @param {object|null} change what else is looked for; null for no filter */
  #go(change) {
    const { places } = this.desk;
    const { q, sort, ...filters } = this.#search;
    const next = change ? { q, sort, ...filters, ...change } : { q, sort };
    const query = new URLSearchParams(Object.entries(next).filter(([, value]) => value?.trim())).toString();
    places.go(query ? `${places.page(PLACE)}?${query}` : places.page(PLACE), { replace: true });
  }

  #moved() {
    if (this.desk.places.now.page?.path === PLACE && this.#shown !== JSON.stringify(this.#search)) this.reload();
  }

  #walkIn = (event) => {
    const { key, isComposing, target } = event;
    if (isComposing) return;
    if (key === "Escape" && !target.value) target.blur();
    if (key === "Enter") {
      clearTimeout(this.#typed);
      this.#go({ q: target.value });
    }
    if (key !== "ArrowDown") return;
    event.preventDefault();
    this.querySelector("[data-hit]")?.focus();
  };

  #walk = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const links = [...this.querySelectorAll("[data-hit]")];
    const next = links[links.indexOf(event.target.closest("[data-hit]")) + step];
    (next ?? (step < 0 ? this.#field : links.at(-1))).focus();
  };

  #leave = ({ target }) => {
    const hit = target.closest("[data-hit]");
    if (hit && kept) kept.focused = hit.dataset.hit;
  };

  #more = async () => {
    if (this.#isAsking || !this.#next) return;
    this.#isAsking = true;
    this.requestUpdate();
    const [shown, asked] = [this.#shown, this.#next];
    try {
      const query = { ...this.#search, limit: PAGE, cursor: asked };
      const { hits, nextCursor, index } = await this.desk.api.get("/search", query);
      // The same is looked for, and what is shown ends where it did.
      if (shown === this.#shown && asked === this.#next) this.#show([...this.hits, ...hits], nextCursor, index);
    } catch (error) {
      this.desk.notices.fail(error, this.#more);
    }
    this.#isAsking = false;
    this.requestUpdate();
  };
}

customElements.define(tag, InboxSearch);
