/** The second column: the conversations of a view. Only what is near is in the page; the rest is room. */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../texts.js";
import { View } from "./element.js";
import { icon } from "./icons.js";
import { row } from "./row.js";
import { severalView } from "./several.js";
import "./tools.js";
import { upTo99 } from "./words.js";

/** Rows beyond the edges that are there before they are seen. */
const MARGIN = 8;
/** So many rows before its end the next page is asked for. */
const AHEAD = 20;

class InboxList extends View {
  /** Of a row, in pixels; measured where there is one. */
  #height = 92;
  #top = 0;
  #room = 800;
  #frame = 0;
  #isPointedAt = false;
  #isWalkedIn = false;
  /** Where the keyboard is. @type {?string} */
  #at = null;

  follows(follow) {
    const { inbox, places, several, keys } = this.desk;
    follow(inbox, "change");
    follow(places, "change");
    follow(several, "change");
    follow(this.desk.channels, "change");
    const add = (name, key, run, repeats = false) =>
      keys.add(
        { name, key, label: `key_${name}`, repeats, run: (event) => this.checkVisibility() && run(event) },
        this.life,
      );
    add("next", "j", () => this.#step(1), true);
    add("previous", "k", () => this.#step(-1), true);
    add("open", "Enter", ({ target }) => this.#enter(target));
    add("mark", "x", () => this.#mark());
    add("arrivals", ".", () => inbox.settle(true));
    add("look", "/", () => this.querySelector("input[type=search]").focus());
  }

  firstUpdated() {
    const scroller = this.#scroller;
    scroller.addEventListener("scroll", () => this.#later(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(scroller);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.desk.inbox.hold(false);
  }

  updated() {
    const { inbox } = this.desk;
    if (inbox.hasMore && this.#last >= inbox.order.length - AHEAD && inbox.state === "ready") inbox.more();
  }

  get #scroller() {
    return this.querySelector(".rows");
  }

  get #first() {
    return Math.max(0, Math.floor(this.#top / this.#height) - MARGIN);
  }

  get #last() {
    return Math.ceil((this.#top + this.#room) / this.#height) + MARGIN;
  }

  #later() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#measure();
    });
  }

  #measure() {
    const scroller = this.#scroller;
    const before = [this.#first, this.#last, this.#height].join();
    this.#top = scroller.scrollTop;
    this.#room = scroller.clientHeight;
    this.#height = scroller.querySelector("li")?.getBoundingClientRect().height || this.#height;
    if (before !== [this.#first, this.#last, this.#height].join()) this.requestUpdate();
  }

  render() {
    const { inbox } = this.desk;
    const count = inbox.counts[inbox.view] ?? 0;
    return html`
      <section class="list" aria-label=${t(`view_${inbox.view}`)}>
        <header>
          <button type="button" class="bare menu-button" aria-label=${t("menu")} @click=${this.#menu}>${icon("menu")}</button>
          <h1>${t(`view_${inbox.view}`)}</h1>
          <span class="count">${upTo99(count)}<span class="sr">${t("count_unit")}</span></span>
        </header>
        <inbox-tools .desk=${this.desk}></inbox-tools>
        ${severalView(this.desk)}
        <div class="came" role="status">${this.#arrivals()}</div>
        <div class="rows" aria-busy=${inbox.state === "loading"}
          @pointerenter=${() => this.#hold({ isPointedAt: true })} @pointerleave=${() => this.#hold({ isPointedAt: false })}
          @focusin=${this.#focused} @focusout=${this.#left}>
          ${this.#rows()}
        </div>
      </section>
    `;
  }

  #rows() {
    const { inbox } = this.desk;
    const { order, rows } = inbox;
    if (!order.length) return this.#none();
    const [first, last] = [Math.min(this.#first, order.length), Math.min(this.#last, order.length)];
    const near = order.slice(first, last);
    // One stop for the Tab key, wherever one is.
    const stop = [this.#at, inbox.openId].find((id) => near.includes(id)) ?? near[0];
    return html`
      <ol .style=${`padding-block: ${first * this.#height}px ${(order.length - last) * this.#height}px`}>
        ${repeat(
          near,
          (id) => id,
          (id, place) =>
            row(rows.get(id), this.desk, {
              place: first + place,
              size: inbox.hasMore ? -1 : order.length,
              isStop: id === stop,
            }),
        )}
      </ol>
      ${inbox.state === "failed" ? this.#again() : nothing}
    `;
  }

  #none() {
    const { state } = this.desk.inbox;
    if (state === "failed") return this.#again();
    return html`<p class="hint" role="status">${t(state === "loading" ? "loading" : "none_here")}</p>`;
  }

  #again() {
    return html`<p class="hint" role="alert">
      ${t("none_failed")} <button type="button" @click=${() => this.desk.inbox.load()}>${t("again")}</button>
    </p>`;
  }

  #arrivals() {
    const { inbox } = this.desk;
    if (!inbox.arrivals) return nothing;
    return html`<button type="button" class="arrivals" @click=${() => inbox.settle(true)}>${t("arrivals", { n: inbox.arrivals })}</button>`;
  }

  /** The keyboard goes to the row above or below where it is, and from elsewhere to the one that is open, or the first. */
  async #step(by) {
    const { order, openId } = this.desk.inbox;
    const from = order.indexOf(document.activeElement?.dataset?.id ?? openId);
    const place = Math.min(order.length - 1, Math.max(0, from + by));
    if (!order.length) return;
    this.#at = order[place];
    this.#show(place);
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector(`[data-id="${this.#at}"]`)?.focus({ preventScroll: true, focusVisible: true });
  }

  #show(place) {
    const scroller = this.#scroller;
    const [top, bottom] = [place * this.#height, (place + 1) * this.#height];
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
    this.#measure();
  }

  /** On a row that has the focus, as on every link and button, Enter does what it always does. */
  #enter(target) {
    if (target.closest?.("a[href], button, summary") || !this.#at) return false;
    this.desk.places.go(this.desk.places.conversation(this.#at));
    return true;
  }

  #mark() {
    const { several, inbox } = this.desk;
    const id = document.activeElement?.dataset?.id ?? inbox.openId;
    if (id) several.toggle(id);
  }

  #focused = ({ target }) => {
    if (target.dataset.id) this.#at = target.dataset.id;
    // A click leaves the focus behind, and that is no wish that all stays still.
    this.#hold({ isWalkedIn: target.matches(":focus-visible") });
  };

  #left = ({ relatedTarget }) => {
    if (!this.#scroller.contains(relatedTarget)) this.#hold({ isWalkedIn: false });
  };

  #hold({ isPointedAt = this.#isPointedAt, isWalkedIn = this.#isWalkedIn }) {
    this.#isPointedAt = isPointedAt;
    this.#isWalkedIn = isWalkedIn;
    this.desk.inbox.hold(isPointedAt || isWalkedIn);
  }

  #menu = () => this.dispatchEvent(new Event("toggle-menu"));
}

customElements.define("inbox-list", InboxList);
