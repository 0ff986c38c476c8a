/** What somebody who waits for a person is told: for how long, or when the team is back; and the way back to the bot. */

import { button, h, set, setText } from "./dom.js";

/** A strip above the conversation. */
export class Waiting {
  /** @param {object} context of the panel */
  constructor(context) {
    const { chat, texts } = context;
    this.context = context;
    this.text = h("p");
    this.back = button({ class: "link", text: texts.toBot, onclick: () => chat.people.giveBack() });
    this.node = h("div", { role: "status" }, this.text, this.back);
  }

  render() {
    const { chat, texts, locale } = this.context;
    const isShown = chat.view === "chat" && chat.people.isWaiting;
    // It stays in the page: only what changes in a place that is there is announced.
    set(this.node, "class", isShown ? "waiting" : "sr");
    this.back.hidden = !isShown;
    setText(this.text, isShown ? (chat.people.company?.talk.prospect(texts, locale) ?? texts.wait) : "");
  }
}
