/** The frame: what is where, which column a narrow screen shows, and what stands over all of it. */

import { html, nothing } from "lit";
import { t } from "../texts.js";
import { View } from "./element.js";
import "./beside.js";
import "./conversation.js";
import "./list.js";
import "./nav.js";
import { icon } from "./icons.js";
import { noticesView } from "./notices.js";
import { showShortcuts } from "./shortcuts.js";
import { upTo99 } from "./words.js";

class InboxShell extends View {
  /** On a narrow screen the menu lies over everything else. */
  isMenuOpen = false;
  #page = null;
  #element = null;

  follows(follow) {
    const { places, inbox, api, live, notices, columns, keys } = this.desk;
    follow(places, "change");
    follow(api, "session", "reach");
    follow(live, "state");
    follow(notices, "change");
    follow(columns, "change");
    places.addEventListener("change", () => this.#moved(), { signal: this.life });
    this.#moved();
    inbox.addEventListener("change", () => this.#title(), { signal: this.life });
    live.addEventListener("me", () => this.#title(), { signal: this.life });
    const search = () => places.go(places.page("search"));
    keys.add({ name: "search", key: "f", label: "key_search", run: search }, this.life);
    keys.add({ name: "shortcuts", key: "?", label: "key_shortcuts", run: () => showShortcuts(this.desk) }, this.life);
  }

  /** Somebody is somewhere else. */
  #moved() {
    const { places, inbox, live, columns } = this.desk;
    const { id, page, view, filters } = places.now;
    columns.show(id ? "conversation" : "list");
    if (!page) inbox.select(id);
    live.look(id);
    this.isMenuOpen = false;
    if (page !== this.#page) this.#open(page);
    if (!page && (view !== inbox.view || JSON.stringify(filters) !== JSON.stringify(inbox.filters)))
      inbox.load(view, filters);
    this.#title();
  }

  async #open(page) {
    this.#page = page;
    this.#element = null;
    if (!page) return;
    try {
      const { tag } = await page.load();
      if (page !== this.#page) return;
      this.#element = document.createElement(tag);
      this.#element.desk = this.desk;
    } catch {
      // An earlier build's file that is gone: a newer one is there.
      this.desk.notices.say(t("newer"), { label: t("reload"), run: () => location.reload() });
    }
    this.requestUpdate();
  }

  #title() {
    const { places, inbox, live, brand } = this.desk;
    const { page, view } = places.now;
    const calls = live.availability === "online" ? inbox.calls : 0;
    const title = `${calls ? `(${upTo99(calls)}) ` : ""}${t(page ? page.label : `view_${view}`)} · ${brand}`;
    if (document.title !== title) document.title = title;
  }

  render() {
    const { places, columns } = this.desk;
    const { page, isNowhere } = places.now;
    const isPage = Boolean(page) || isNowhere;
    const column = isPage ? "page" : columns.shown;
    // List and conversation stay while a page is shown: who comes back is where they were.
    return html`
      <a class="skip" href="#main" @click=${this.#skip}>${t("skip")}</a>
      ${this.#bars()}
      <div class="frame" data-column=${column}>
        <inbox-nav .desk=${this.desk} ?data-open=${this.isMenuOpen} @keydown=${this.#leaveMenu}></inbox-nav>
        ${this.isMenuOpen ? html`<button type="button" class="veil" aria-label=${t("close")} @click=${this.#menu}></button>` : nothing}
        <main id=${isPage ? "behind" : "main"} class="talks" tabindex="-1" ?hidden=${isPage} ?inert=${this.isMenuOpen}>
          <inbox-list .desk=${this.desk} @toggle-menu=${this.#menu}></inbox-list>
          <div class="opened">
            <inbox-conversation .desk=${this.desk}></inbox-conversation>
            <inbox-beside .desk=${this.desk}></inbox-beside>
          </div>
        </main>
        ${isPage ? this.#pageView(isNowhere) : nothing}
      </div>
      ${noticesView(this.desk.notices)}
    `;
  }

  #pageView(isNowhere) {
    return html`<main id="main" class="page" tabindex="-1" ?inert=${this.isMenuOpen}>
      <button type="button" class="bare menu-button" aria-label=${t("menu")} @click=${this.#menu}>${icon("menu")}</button>
      ${isNowhere ? html`<h1 class="hint">${t("nowhere")}</h1>` : this.#placed()}
    </main>`;
  }

  #placed() {
    if (!this.#element) return html`<p class="hint" role="status">${t("loading")}</p>`;
    this.#element.place = this.desk.places.now;
    return this.#element;
  }

  /** What is wrong with everything, calmly, above everything: nothing is lost by it. */
  #bars() {
    const { api } = this.desk;
    if (api.isSignedOut) {
      const next = location.pathname.slice(1);
      return html`<p class="bar warn" role="alert">
        ${t("signed_out")}
        <a href=${`/sign-in?next=${encodeURIComponent(next)}`} target="_blank">${t("sign_in_again")}</a>
      </p>`;
    }
    if (api.isRefused) return html`<p class="bar warn" role="alert">${t("problem_not_an_operator")}</p>`;
    if (!api.isReachable) return html`<p class="bar" role="status">${t("unreachable")}</p>`;
    return nothing;
  }

  #menu = async () => {
    this.isMenuOpen = !this.isMenuOpen;
    this.requestUpdate();
    await this.updateComplete;
    const [menu, button] = [this.querySelector("inbox-nav"), this.querySelector("#main .menu-button")];
    if (this.isMenuOpen) (menu.querySelector("[aria-current]") ?? menu.querySelector("a")).focus();
    else button?.focus();
  };

  #leaveMenu = ({ key }) => {
    if (key === "Escape" && this.isMenuOpen) this.#menu();
  };

  #skip = (event) => {
    event.preventDefault();
    this.querySelector("#main").focus();
  };
}

customElements.define("inbox-shell", InboxShell);
