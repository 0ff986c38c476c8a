/**
 * `<inbox-age since="…">`: how long it has been, told anew while it lasts. Only its own words change, so nothing around it is
 * rendered for that. Without `ticks` it is the moment.
 */

import { fullMoment, lasting, shortMoment } from "./words.js";

const EVERY = 10_000;
const shown = new Set();
let clock = null;

class InboxAge extends HTMLElement {
  static observedAttributes = ["since"];

  connectedCallback() {
    shown.add(this);
    clock ??= setInterval(() => shown.forEach((one) => one.tell()), EVERY);
    this.tell();
  }

  disconnectedCallback() {
    shown.delete(this);
    if (shown.size) return;
    clearInterval(clock);
    clock = null;
  }

  attributeChangedCallback() {
    if (this.isConnected) this.tell();
  }

  tell() {
    const since = this.getAttribute("since");
    const words = this.hasAttribute("ticks") ? lasting(Date.now() - Date.parse(since)) : shortMoment(since);
    if (this.textContent === words) return;
    this.textContent = words;
    this.title = fullMoment(since);
  }
}

customElements.define("inbox-age", InboxAge);
