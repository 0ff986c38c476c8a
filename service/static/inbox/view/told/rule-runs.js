/** What became of a rule each time that it ran. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { fullMoment } from "../words.js";
import { Paged } from "./paged.js";
import { back } from "./parts.js";
import { actionResult } from "./results.js";

class InboxRuleRuns extends Paged {
  ruleId = null;
  heading = "told_runs";
  list = "runs";
  #name = "";

  get path() {
    return `/rules/${this.ruleId}/runs`;
  }

  async load(signal) {
    const [{ rules }] = await Promise.all([this.desk.api.get("/rules", {}, { signal }), super.load(signal)]);
    this.#name = rules.find(({ id }) => id === this.ruleId)?.name ?? "";
  }

  page() {
    return html`${back(this.desk.places.page("settings/rules"), t("page_rules"))}
      <div class="row head"><h2><bdi>${this.#name}</bdi></h2>
      <button type="button" @click=${() => this.reload()}>${t("told_again")}</button></div>
      ${this.pages("told_no_runs")}`;
  }

  items(rows) {
    return html`<ol class="cards runs">${rows.map((one) => this.#run(one))}</ol>`;
  }

  #run({ status, actions, conversationId, createdAt, activityId }) {
    return html`<li class="card">
      <div class="about">
        <p><span class="mark ${TONES[status]}">${t(`told_run_${status}`)}</span>
          <time datetime=${createdAt}>${fullMoment(createdAt)}</time>
          ${activityId ? nothing : html`<span class="small">${t("told_by_the_clock")}</span>`}</p>
        ${actions.length ? html`<ul class="results">${actions.map(actionResult)}</ul>` : nothing}
      </div>
      <a href=${this.desk.places.conversation(conversationId)}>${t("told_open")}<span class="sr"> (${fullMoment(createdAt)})</span></a>
    </li>`;
  }
}

const TONES = { done: "done", partial: "urgent", skipped: "" };

customElements.define("inbox-rule-runs", InboxRuleRuns);
