/** How an article will look: asked of the service, which makes the help page of it, a moment after the last key. */

import { unsafeHTML } from "lit/directives/unsafe-html.js";

const PATIENCE = 300;

export class Preview {
  /** Whether the last one could not be made. */
  isFailed = false;
  #html = "";
  #asked = null;
  #timer = 0;

  /** @param {import("../element.js").View} host in which it stands */
  constructor(host) {
    this.host = host;
    host.addController(this);
  }

  hostDisconnected() {
    clearTimeout(this.#timer);
  }

  /** @param {string} body Markdown @param {{isSoon?: boolean}} options `isSoon` waits for no further key */
  follow(body, { isSoon = false } = {}) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(body), isSoon ? 0 : PATIENCE);
  }

  /** Safe: the service writes no markup that stood in the Markdown, and no script runs on this page but its own. */
  get content() {
    return unsafeHTML(this.#html);
  }

  get isEmpty() {
    return !this.#html;
  }

  async #ask(body) {
    if (body === this.#asked && !this.isFailed) return;
    this.#asked = body;
    try {
      const { html } = body.trim() ? await this.host.desk.api.post("/articles/preview", { body }) : { html: "" };
      // Something else was written meanwhile.
      if (body !== this.#asked) return;
      this.#html = html;
      this.isFailed = false;
    } catch {
      this.isFailed = body === this.#asked;
    }
    this.host.requestUpdate();
  }
}
