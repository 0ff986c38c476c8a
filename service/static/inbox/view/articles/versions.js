/** The versions of an article, the newest first: what each changed, and the way back to it. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { confirm } from "../notices.js";
import { Paged } from "../told/paged.js";
import { back } from "../told/parts.js";
import { fullMoment } from "../words.js";
import { changes } from "./changes.js";
import { address } from "./parts.js";

const NOTHING = { title: "", body: "", questions: [] };

class InboxArticleVersions extends Paged {
  articleId = null;
  heading = "art_versions";
  list = "versions";
  #article = null;

  get path() {
    return `/articles/${this.articleId}/versions`;
  }

  async load(signal) {
    [this.#article] = await Promise.all([
      this.desk.api.get(`/articles/${this.articleId}`, {}, { signal }),
      super.load(signal),
    ]);
  }

  page() {
    const { title } = this.#article;
    return html`${back(address(this.desk.places, this.articleId), title)}${this.pages("art_no_versions")}`;
  }

  items(rows) {
    return html`<ol class="cards versions">${rows.map((one, place) => this.#version(one, rows[place + 1]))}</ol>`;
  }

  #version(one, before) {
    const isNow = one.version === this.#article.version;
    const name = t("art_version_n", { n: one.version });
    return html`<li class="card" data-version=${one.version}>
      <details ?open=${isNow}>
        <summary><strong>${name}</strong>
          ${isNow ? html`<span class="mark done">${t("art_version_now")}</span>` : nothing}
          <span class="mark">${t(`art_status_${one.status}`)}</span>
          <span class="small">${t(`art_how_${one.how}`)} · <time datetime=${one.createdAt}>${fullMoment(one.createdAt)}</time>${one.by ? html` · <bdi>${one.by.displayName}</bdi>` : nothing}</span>
        </summary>
        ${before || one.version === 1 ? changes(before ?? NOTHING, one) : html`<p class="small">${t("art_version_before")}</p>`}
      </details>
      ${isNow || !this.mayConfigure ? nothing : html`<button type="button" @click=${() => this.#restore(one)}>${t("art_restore")}<span class="sr">: ${name}</span></button>`}
    </li>`;
  }

  async #restore(one) {
    const { api, notices, places } = this.desk;
    const isSure = await confirm({
      title: t("art_restore_title", { n: one.version }),
      text: html`${t("art_restore_text")}<div class="scrolled">${changes(this.#article, { ...one, status: undefined, audience: undefined, locale: undefined })}</div>`,
      yes: t("art_restore"),
    });
    if (!isSure) return;
    try {
      await api.post(`${this.path}/${one.version}/restore`, { ifVersion: this.#article.version });
      notices.say(t("art_restored", { n: one.version }));
      this.go(address(places, this.articleId));
    } catch (error) {
      notices.fail(error);
      this.reload();
    }
  }
}

customElements.define("inbox-article-versions", InboxArticleVersions);
