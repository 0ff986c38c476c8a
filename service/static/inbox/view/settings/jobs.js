/** Work that was tried as often as it may be, and failed: once more, or given up. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { confirm } from "../notices.js";
import { Paged } from "../told/paged.js";
import { fullMoment } from "../words.js";

/** @see Places.register */
export const tag = "inbox-jobs";

class InboxJobs extends Paged {
  heading = "page_jobs";
  path = "/jobs";
  list = "jobs";

  page() {
    return html`<div class="row head"><p class="small">${t("told_jobs_hint")}</p>
        <button type="button" @click=${() => this.reload()}>${t("told_again")}</button></div>
      ${this.pages("told_no_jobs")}`;
  }

  items(rows) {
    return html`<ul class="cards">${rows.map((one) => this.#job(one))}</ul>`;
  }

  #job(one) {
    const at = fullMoment(one.createdAt);
    const key = `told_job_${one.kind}`;
    const kind = t(key) === key ? one.kind : t(key);
    const of = html`<span class="sr">: ${kind} ${at}</span>`;
    return html`<li class="card" data-job=${one.id}>
      <div class="about">
        <strong>${kind}</strong> <time class="small" datetime=${one.createdAt}>${at}</time>
        <p class="fault">${one.lastError ?? t("set_nothing")}</p>
        <p class="small">${t("told_attempts", { n: one.attempts })} · ${Object.entries(one.payload)
          .map(([name, value]) => `${name} ${value}`)
          .join(" · ")}</p>
      </div>
      <div class="row">
        ${one.conversationId ? html`<a href=${this.desk.places.conversation(one.conversationId)}>${t("told_open")}${of}</a>` : nothing}
        <button type="button" @click=${() => this.act("told_retried", () => this.desk.api.post(`/jobs/${one.id}/retry`))}>${t("told_retry")}${of}</button>
        <button type="button" class="quiet" @click=${() => this.#drop(one)}>${t("told_drop")}${of}</button>
      </div>
    </li>`;
  }

  async #drop(one) {
    const isSure = await confirm({
      title: t("told_drop_title"),
      text: t("told_drop_text"),
      yes: t("told_drop"),
      isDangerous: true,
    });
    if (isSure) await this.act("told_dropped", () => this.desk.api.delete(`/jobs/${one.id}`));
  }
}

customElements.define(tag, InboxJobs);
