/** Forms that were filled in: found by text and state, marked as done, taken out as a file. The search stands in the address. */

import { html, nothing } from "lit";
import { locale, t } from "../texts.js";
import { Loaded } from "./loaded.js";
import { fullMoment, shortMoment } from "./words.js";

/** @see Places.register */
export const tag = "inbox-inquiries";

const PLACE = "inquiries";
const LONGEST_SEARCH = 200;
const STATES = ["new", "done"];

class InboxInquiries extends Loaded {
  heading = "page_inquiries";
  inquiries = [];
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
    const status = query.get("status");
    return { q: (query.get("q") ?? "").trim().slice(0, LONGEST_SEARCH), status: STATES.includes(status) ? status : "" };
  }

  async load(signal) {
    const search = this.#search;
    this.#shown = JSON.stringify(search);
    const { inquiries, nextCursor } = await this.desk.api.get("/inquiries", search, { signal });
    // Somebody looks for something else by now.
    if (this.#shown !== JSON.stringify(search)) return;
    this.inquiries = inquiries;
    this.#next = nextCursor;
  }

  page() {
    const { q, status } = this.#search;
    const isNarrow = q || status;
    return html`
      ${this.#form(q, status)}
      ${this.inquiries.length ? html`<ol class="cards">${this.inquiries.map((one) => this.#inquiry(one))}</ol>` : html`<p class="empty" role="status">${t(isNarrow ? "inq_none_found" : "inq_none")}</p>`}
      ${this.#next ? html`<button type="button" ?disabled=${this.#isAsking} @click=${this.#more}>${t("inq_more")}</button>` : nothing}`;
  }

  #form(q, status) {
    const file = new URLSearchParams(Object.entries({ q, status, lang: locale }).filter(([, value]) => value));
    return html`<form class="search" role="search" @submit=${this.#look}>
      <input type="search" name="q" maxlength=${LONGEST_SEARCH} .value=${q} aria-label=${t("inq_search")} placeholder=${t("inq_search")}>
      <select name="status" aria-label=${t("inq_state")} @change=${({ target }) => target.form.requestSubmit()}>
        <option value="">${t("inq_all")}</option>
        ${STATES.map((state) => html`<option value=${state} ?selected=${state === status}>${t(`inq_${state}`)}</option>`)}
      </select>
      <button class="main">${t("inq_look")}</button>
      <a class="button" href="/api/v1/inbox/inquiries.csv?${file}" download>${t("inq_file")}</a>
    </form>`;
  }

  #inquiry(one) {
    const to = one.status === "done" ? "new" : "done";
    return html`<li class="card inquiry ${one.status}">
      <p class="row">
        <span class="mark ${one.status}">${t(`inq_${one.status}`)}</span>
        <time datetime=${one.createdAt} title=${fullMoment(one.createdAt)}>${fullMoment(one.createdAt)}</time>
        <span class="small">${t(one.contactId ? "member" : "guest")}${one.doneAt ? ` · ${t("inq_done_at", { at: shortMoment(one.doneAt) })}` : ""}</span>
      </p>
      <dl class="facts">${one.fields.map(({ label, text }) => html`<div><dt>${label}</dt><dd><bdi>${text}</bdi></dd></div>`)}</dl>
      <div class="row">
        <button type="button" class=${to === "done" ? "" : "quiet"} @click=${() => this.#mark(one, to)}>
          ${t(`inq_mark_${to}`)}<span class="sr">: ${fullMoment(one.createdAt)}</span>
        </button>
        ${one.conversationId ? html`<a href=${this.desk.places.conversation(one.conversationId, { view: "all", filters: {} })}>${t("inq_conversation")}</a>` : nothing}
      </div>
    </li>`;
  }

  #look = (event) => {
    event.preventDefault();
    const values = [...new FormData(event.target)].filter(([, value]) => value);
    const query = new URLSearchParams(values).toString();
    const { places } = this.desk;
    places.go(query ? `${places.page(PLACE)}?${query}` : places.page(PLACE));
  };

  #moved() {
    if (this.desk.places.now.page?.path === PLACE && this.#shown !== JSON.stringify(this.#search)) this.reload();
  }

  async #mark(one, status) {
    try {
      const marked = await this.desk.api.patch(`/inquiries/${one.id}`, { status });
      this.inquiries = this.inquiries.map((other) => (other.id === one.id ? marked : other));
      this.overtake();
      const back = { label: t("inq_undo"), run: () => this.#mark(marked, one.status) };
      this.desk.notices.say(t(status === "done" ? "inq_marked_done" : "inq_marked_new"), back);
    } catch (error) {
      this.desk.notices.fail(error, () => this.#mark(one, status));
    }
    this.requestUpdate();
  }

  #more = async () => {
    this.#isAsking = true;
    this.requestUpdate();
    const [shown, asked] = [this.#shown, this.#next];
    try {
      const { inquiries, nextCursor } = await this.desk.api.get("/inquiries", { ...this.#search, cursor: asked });
      // The same is looked for, and what is shown ends where it did.
      if (shown === this.#shown && asked === this.#next) {
        this.inquiries = [...this.inquiries, ...inquiries];
        this.#next = nextCursor;
      }
    } catch (error) {
      this.desk.notices.fail(error);
    }
    this.#isAsking = false;
    this.requestUpdate();
  };
}

customElements.define(tag, InboxInquiries);
