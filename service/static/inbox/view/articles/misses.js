/** What people asked and nothing was found for, as a list to work on: the last asked first. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { Paged } from "../told/paged.js";
import { fullMoment, shortMoment } from "../words.js";
import { address, tabs } from "./parts.js";

class InboxArticleMisses extends Paged {
  heading = "art_tab_misses";
  path = "/articles/misses";
  list = "misses";

  page() {
    return html`${tabs(this.desk.places, "misses")}
      <p class="small">${t("art_misses_hint")}</p>
      ${this.pages("art_no_misses")}`;
  }

  items(rows) {
    return html`<ul class="cards misses">${rows.map((one) => this.#miss(one))}</ul>`;
  }

  #miss(one) {
    const { places } = this.desk;
    const of = html`<span class="sr">: ${one.question}</span>`;
    const query = new URLSearchParams({ question: one.question, locale: one.locale, miss: one.id });
    return html`<li class="card" data-miss=${one.id}>
      <div class="about">
        <strong lang=${one.locale}><bdi>${one.question}</bdi></strong>
        <p class="small"><span class="mark">${t(`art_locale_${one.locale}`)}</span> ${t("art_asked", { n: one.asked })} · <time datetime=${one.lastAskedAt} title=${fullMoment(one.lastAskedAt)}>${shortMoment(one.lastAskedAt)}</time></p>
      </div>
      <div class="row">
        <a class="button" href=${`${address(places, "try")}?${new URLSearchParams({ q: one.question, locale: one.locale })}`}>${t("art_try_it")}${of}</a>
        ${
          this.mayConfigure
            ? html`<a class="button main" href=${`${address(places, "new")}?${query}`}>${t("art_write")}${of}</a>
              <button type="button" class="quiet" @click=${() => this.#settle(one, "dismissed")}>${t("art_dismiss")}${of}</button>`
            : nothing
        }
      </div>
    </li>`;
  }

  async #settle(one, status) {
    const { api, notices } = this.desk;
    const row = this.querySelector(`[data-miss="${one.id}"]`);
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    try {
      await api.patch(`/articles/misses/${one.id}`, { status });
      if (status !== "open")
        notices.say(t("art_dismissed"), { label: t("set_undo"), run: () => this.#settle(one, "open") });
    } catch (error) {
      notices.fail(error);
    }
    await this.reload();
    await this.updateComplete;
    // The keyboard goes on where it was.
    (this.querySelector(`[data-miss="${next?.dataset.miss}"] button`) ?? this.querySelector(".tabs a"))?.focus();
  }
}

customElements.define("inbox-article-misses", InboxArticleMisses);
