/** The team's day: what waits, and the conversations that began. */

import { html, nothing } from "lit";
import { t } from "../texts.js";
import { Loaded } from "./loaded.js";
import { shortMoment } from "./words.js";

/** @see Places.register */
export const tag = "inbox-today";

class InboxToday extends Loaded {
  heading = "page_today";
  day = null;

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("visibilitychange", () => !document.hidden && this.reload(), { signal: this.life });
  }

  async load(signal) {
    this.day = await this.desk.api.get("/today", {}, { signal });
  }

  page() {
    const { waiting, begun, completed, conversations } = this.day;
    const figures = [
      ["waiting", waiting, this.desk.places.page("inquiries?status=new")],
      ["begun", begun],
      ["completed", completed],
    ];
    return html`
      <dl class="tiles">
        ${figures.map(([name, number, to]) => html`<div><dt>${t(`day_${name}`)}</dt><dd>${to ? html`<a href=${to}>${number}</a>` : number}</dd></div>`)}
      </dl>
      ${conversations.length ? this.#table(conversations) : html`<p class="empty">${t("day_none")}</p>`}
      ${begun > conversations.length ? html`<p class="small">${t("day_more", { n: conversations.length })}</p>` : nothing}`;
  }

  #table(conversations) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t("page_today")}>
      <table>
        <thead><tr>
          <th scope="col">${t("day_began")}</th><th scope="col">${t("day_words")}</th><th scope="col">${t("inq_state")}</th>
          <th scope="col">${t("day_last")}</th><th scope="col" class="number">${t("day_messages")}</th>
        </tr></thead>
        <tbody>${conversations.map((one) => this.#line(one))}</tbody>
      </table>
    </div>`;
  }

  #line({ id, status, createdAt, lastMessageAt, messageCount, lastWords }) {
    const to = this.desk.places.conversation(id, { view: "all", filters: {} });
    return html`<tr>
      <td><time datetime=${createdAt}>${shortMoment(createdAt)}</time></td>
      <td class="words"><a href=${to}><bdi>${lastWords ?? t("said_nothing")}</bdi></a></td>
      <td><span class="mark ${status === "completed" ? "done" : ""}">${t(status === "completed" ? "view_completed" : "view_open")}</span></td>
      <td>${lastMessageAt ? html`<time datetime=${lastMessageAt}>${shortMoment(lastMessageAt)}</time>` : nothing}</td>
      <td class="number">${messageCount}</td>
    </tr>`;
  }
}

customElements.define(tag, InboxToday);
