/**
 * A panel that covers the page, as on phones, is all there is: what is behind it can be neither reached nor scrolled. And
 * no swipe that the panel has no use for scrolls the page, whatever its size.
 */

import { set } from "./dom.js";

const PHONE = "(max-width: 480px)";

/** Whether the panel covers the page, and what follows from it. */
export class Cover {
  #made = [];
  #lock = new CSSStyleSheet();

  /** @param {HTMLElement} panel @param {() => void} changed called when it begins or ends to cover @param {AbortSignal} signal */
  constructor(panel, changed, signal) {
    this.panel = panel;
    this.phone = matchMedia(PHONE);
    this.phone.addEventListener("change", changed, { signal });
    this.#lock.replaceSync("html{overflow: hidden !important}");
    panel.addEventListener("touchmove", (event) => this.#swiped(event), { passive: false });
  }

  get isOn() {
    return this.#made.length > 0;
  }

  /** @param {boolean} isOpen whether the panel is shown and not part of the page's own layout */
  update(isOpen) {
    const covers = isOpen && this.phone.matches;
    set(this.panel, "aria-modal", covers ? "true" : null);
    if (!covers) return this.remove();
    if (!this.isOn) document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.#lock];
    for (const one of behind(this.panel.getRootNode().host)) {
      if (one.inert) continue; // by the page itself, or already by us
      one.inert = true;
      this.#made.push(one);
    }
    return undefined;
  }

  /** The page is as it was. */
  remove() {
    this.#made.splice(0).forEach((one) => {
      one.inert = false;
    });
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== this.#lock);
  }

  /** Only what can scroll may; a second finger zooms. */
  #swiped(event) {
    if (event.touches.length > 1 || !event.cancelable) return;
    const path = event.composedPath();
    const inside = path.slice(0, path.indexOf(this.panel));
    if (!inside.some(canScroll)) event.preventDefault();
  }
}

const canScroll = (one) => one.scrollHeight > one.clientHeight && /auto|scroll/.test(getComputedStyle(one).overflowY);

/** Everything of the page but the element and what it stands in. */
function behind(element) {
  const found = [];
  for (let one = element; one !== document.documentElement; one = one.parentElement ?? one.getRootNode().host) {
    found.push(...[...one.parentNode.children].filter((other) => other !== one && other.localName !== "head"));
  }
  return found;
}
