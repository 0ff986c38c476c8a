/** The first column: the views with how many each has, the pages, and whether one is there. */

import { html, nothing } from "lit";
import { VIEWS } from "../places.js";
import { t } from "../texts.js";
import { View } from "./element.js";
import { icon } from "./icons.js";
import { confirm } from "./notices.js";
import { upTo99 } from "./words.js";

const STATES = ["online", "away", "offline"];

class InboxNav extends View {
  follows(follow) {
    const { inbox, places, live } = this.desk;
    follow(inbox, "change");
    follow(places, "change");
    follow(live, "me", "state");
  }

  render() {
    const { places, brand } = this.desk;
    return html`
      <header><a class="brand" href=${places.list("waiting")}>${brand} <small>${t("inbox")}</small></a></header>
      <nav aria-label=${t("views")}>
        <ul>${VIEWS.map((view) => this.#view(view))}</ul>
      </nav>
      ${["work", "settings"].map((group) => this.#pages(group))}
      <footer>${this.#me()}</footer>
    `;
  }

  #view(view) {
    const { places, inbox } = this.desk;
    const { view: shown, page } = places.now;
    const count = inbox.counts[view] ?? 0;
    return html`<li>
      <a href=${places.list(view)} aria-current=${!page && view === shown ? "page" : nothing}>
        ${icon(view)} <span>${t(`view_${view}`)}</span>
        ${count ? html`<span class="count ${view === "waiting" ? "loud" : ""}">${upTo99(count)}<span class="sr">${t("count_unit")}</span></span>` : nothing}
      </a>
    </li>`;
  }

  #pages(group) {
    const { places, inbox } = this.desk;
    const { page: shown } = places.now;
    const pages = [...places.pages.values()].filter(
      (one) => one.group === group && (!one.right || inbox.me.may.includes(one.right)),
    );
    if (!pages.length) return nothing;
    return html`<nav aria-label=${t(`group_${group}`)}>
      <h2>${t(`group_${group}`)}</h2>
      <ul>
        ${pages.map(
          (page) => html`<li>
            <a href=${places.page(page.path)} aria-current=${page === shown ? "page" : nothing}><span>${t(page.label)}</span></a>
          </li>`,
        )}
      </ul>
    </nav>`;
  }

  #me() {
    const { inbox, live } = this.desk;
    return html`<label class="me">
      <span class="dot ${live.availability}"></span>
      <span class="name"><bdi>${inbox.me.displayName}</bdi></span>
      <select aria-label=${t("availability")} @change=${this.#be}>
        ${STATES.map((state) => html`<option value=${state} ?selected=${state === live.availability}>${t(`state_${state}`)}</option>`)}
      </select>
    </label>
    <form class="leave" method="post" action="/sign-out" @submit=${this.#leave}><button class="quiet">${t("sign_out")}</button></form>`;
  }

  /** An expired sign-in keeps what was written; who signs out leaves nothing of it behind, and is asked before. */
  #leave = async (event) => {
    const { api, talk, notices } = this.desk;
    event.preventDefault();
    const n = talk.unfinished;
    const question = { title: t("sign_out_title"), text: t("sign_out_text", { n }), yes: t("sign_out") };
    if (n && !(await confirm({ ...question, isDangerous: true }))) return;
    try {
      await api.signOut();
    } catch (error) {
      // Still signed in, so nothing is forgotten.
      notices.fail(error);
      return;
    }
    talk.forget();
    location.assign("/");
  };

  #be = ({ target }) => {
    const { live, notices } = this.desk;
    live.be(target.value).catch((error) => notices.fail(error));
  };
}

customElements.define("inbox-nav", InboxNav);
