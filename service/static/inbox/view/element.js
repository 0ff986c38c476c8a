/** What every element of the screen is: Lit without a shadow, so that one sheet and one document hold for all of it. */

import { LitElement } from "lit";

/**
 * An element that shows what `this.desk` holds (main.js). A field of a subclass is not reactive: call `requestUpdate()`, or
 * `follow` what changes. Never give a class field and a Lit property the same name: the field would hide it.
 */
export class View extends LitElement {
  static properties = { desk: { attribute: false }, place: { attribute: false } };
  #life = null;

  createRenderRoot() {
    return this;
  }

  /** Begins to follow what `follows` names. A subclass that overrides it calls this one. */
  connectedCallback() {
    super.connectedCallback();
    this.#life = new AbortController();
    this.follows?.((target, ...events) => {
      for (const event of events)
        target.addEventListener(event, () => this.requestUpdate(), { signal: this.#life.signal });
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#life.abort();
  }

  /** Ends when the element leaves the page: for listeners of a subclass's own. */
  get life() {
    return this.#life.signal;
  }
}
