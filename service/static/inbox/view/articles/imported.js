/** One import: how far it is, and what became of each article. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { back } from "../told/parts.js";
import { fullMoment } from "../words.js";
import { group, isGoing, OUTCOMES, reasonText, stateMark } from "./outcomes.js";
import { address } from "./parts.js";

const OFTEN = 1000;
/** That there was none of these is said too. */
const ALWAYS = new Set(["added", "changed", "unchanged"]);

class InboxArticleImported extends Loaded {
  importId = null;
  heading = "art_imported";
  #import = null;
  #next = 0;

  async load(signal) {
    this.#import = await this.desk.api.get(`/articles/imports/${this.importId}`, {}, { signal });
  }

  /** Until it is over, again and again. No time calls off what is on its way, however slow it is. */
  async reload() {
    clearTimeout(this.#next);
    const isRead = await super.reload();
    if (isRead && !this.life.aborted && this.state !== "failed" && (!this.#import || isGoing(this.#import)))
      this.#next = setTimeout(() => this.life.aborted || this.reload(), OFTEN);
    return isRead;
  }

  page() {
    const { places } = this.desk;
    const one = this.#import;
    return html`${back(address(places, "import"), t("art_import"))}
      <div class="row head">
        <div><h2 class="address">${one.source}</h2>
          <p class="small">${stateMark(one)} ${fullMoment(one.createdAt)}${one.createdBy ? html` · <bdi>${one.createdBy.displayName}</bdi>` : nothing}</p></div>
        ${isGoing(one) && this.mayConfigure ? html`<button type="button" @click=${this.#cancel}>${t("art_cancel")}</button>` : nothing}
      </div>
      ${isGoing(one) ? this.#going(one) : nothing}
      <div class="over" role="status">${isGoing(one) ? nothing : this.#over(one)}</div>
      ${OUTCOMES.map((outcome) => [outcome, (one.items ?? []).filter((item) => item.outcome === outcome)])
        .filter(([, items]) => items.length)
        .map(([outcome, items]) => group(outcome, items, ({ articleId }) => address(places, articleId)))}`;
  }

  #going({ done, total }) {
    const said = t(total ? "art_done_of" : "art_beginning", { done, total });
    return html`<div class="progress"><progress max=${total || 1} value=${total ? done : nothing} aria-label=${t("art_progress")}></progress><span>${said}</span></div>`;
  }

  #over({ state, error, isComplete, counts }) {
    return html`
      ${state === "failed" ? html`<p class="fault">${t("art_failed")} ${error ? reasonText(error) : ""}</p>` : nothing}
      ${state !== "failed" && !isComplete ? html`<p class="begun">${t("art_incomplete")}</p>` : nothing}
      <dl class="tiles">${OUTCOMES.filter((one) => counts[one] || ALWAYS.has(one)).map((outcome) => html`<div><dt>${t(`art_outcome_${outcome}`)}</dt><dd>${counts[outcome] ?? 0}</dd></div>`)}</dl>`;
  }

  #cancel = async () => {
    try {
      this.#import = await this.desk.api.post(`/articles/imports/${this.importId}/cancel`);
      this.overtake();
    } catch (error) {
      this.desk.notices.fail(error);
    }
    this.requestUpdate();
  };
}

customElements.define("inbox-article-imported", InboxArticleImported);
