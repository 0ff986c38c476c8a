/** The second column: the conversations of a view. Only what is near is in the page; the rest is room. */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../texts.js";
import { View } from "./element.js";
import { icon } from "./icons.js";
import { row } from "./row.js";
import { upTo99 } from "./words.js";

/** Rows beyond the edges that are there before they are seen. */
const MARGIN = 8;
/** So many rows before its end the next page is asked for. */
const AHEAD = 15;

class InboxList extends View {
  /** Pixels; measured where there is a row. */
  #height = 92;
  #top = 0;
  #view = 800;
  #frame = 0;

  follows(follow) {
    const { inbox, places } = this.desk;
    follow(inbox, "change");
    follow(places, "change");
  }

  firstUpdated() {
    const scroller = this.#scroller;
    scroller.addEventListener("scroll", () => this.#later(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(scroller);
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
    return Math.ceil((this.#top + this.#view) / this.#height) + MARGIN;
  }

  #later() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#measure();
    });
  }

  #measure() {
    const scroller = this.#scroller;
    const [first, last, height] = [this.#first, this.#last, this.#height];
    this.#top = scroller.scrollTop;
    this.#view = scroller.clientHeight;
    this.#height = scroller.querySelector("li")?.getBoundingClientRect().height || height;
    if (first !== this.#first || last !== this.#last || height !== this.#height) this.requestUpdate();
  }

  render() {
    const { inbox } = this.desk;
    return html`
      <section class="list" aria-label=${t(`view_${inbox.view}`)}>
        <header>
          <button type="button" class="bare menu-button" aria-label=${t("menu")} @click=${this.#menu}>${icon("menu")}</button>
          <h1>${t(`view_${inbox.view}`)}</h1>
          <span class="count">${upTo99(inbox.counts[inbox.view] ?? 0)}</span>
        </header>
        ${this.#arrivals()}
        <div class="rows" aria-busy=${inbox.state === "loading"} @pointerenter=${() => inbox.hold(true)} @pointerleave=${() => inbox.hold(false)}>
          ${this.#rows()}
        </div>
      </section>
    `;
  }

  #rows() {
    const { inbox } = this.desk;
    const { order, rows } = inbox;
    if (!order.length)
      return html`<p class="hint" role="status">${t(inbox.state === "loading" ? "loading" : `none_${inbox.state === "failed" ? "failed" : "here"}`)}</p>`;
    const [first, last] = [Math.min(this.#first, order.length), Math.min(this.#last, order.length)];
    const near = order.slice(first, last);
    return html`
      <ol .style=${`padding-block: ${first * this.#height}px ${(order.length - last) * this.#height}px`}>
        ${repeat(
          near,
          (id) => id,
          (id, place) =>
            row(rows.get(id), this.desk, { place: first + place, size: inbox.hasMore ? -1 : order.length }),
        )}
      </ol>
    `;
  }

  #arrivals() {
    const { inbox } = this.desk;
    if (!inbox.arrivals) return nothing;
    return html`<button type="button" class="arrivals" @click=${() => inbox.settle(true)}>${t("arrivals", { n: inbox.arrivals })}</button>`;
  }

  #menu = () => this.dispatchEvent(new Event("toggle-menu"));
}

customElements.define("inbox-list", InboxList);
