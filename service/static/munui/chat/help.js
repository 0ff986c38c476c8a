/** The articles of the help inside the chat: which one is read, and the way there and back. What that needs comes in a file of its own when it is first wanted (help/guide.js). */

import { conversationOf } from "../cache-adapter.js";
import { wanted } from "./wanted.js";

/** Changes `article`. */
export class Help {
  /** Once it is here. @type {import("../help/guide.js").Guide|null} */
  guide = null;
  /** The article that is read, and the conversation that it was opened from. @type {{slug: string, locale: string, title: string, from: string|null}|null} */
  article = null;
  #coming = null;
  #left = null;

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** Where an article stands on a page of its own. @param {{slug: string, locale: string}} article */
  address({ slug, locale }) {
    return `${this.chat.http.base}/help/${encodeURIComponent(slug)}?lang=${locale}`;
  }

  /** Some of them stand below the list of conversations. Nobody waits for these. */
  list() {
    this.#come().then(
      () => this.guide.list(),
      () => {},
    );
  }

  /** @param {{slug: string, locale: string, title: string}} article */
  show(article) {
    const { chat } = this;
    const shown = { ...article, from: chat.activeId };
    this.article = shown;
    chat.places.read();
    const read = () =>
      chat.faults.guard(
        async () => {
          await chat.faults.current(this.#come());
          await this.guide.read(shown);
        },
        () => this.article === shown && chat.view === "article" && read(),
      );
    return read();
  }

  /** Back to where the article was opened. */
  leave() {
    const { places, cache } = this.chat;
    const { from, slug } = this.article;
    this.#left = slug;
    return conversationOf(cache, from) ? places.show(from) : places.showList();
  }

  /** What had opened the article that was just left. @param {HTMLElement} body of the panel */
  opener(body) {
    const slug = this.#left;
    this.#left = null;
    return slug && [...body.querySelectorAll("[data-article]")].findLast((one) => one.dataset.article === slug);
  }

  forget() {
    this.article = null;
    this.guide?.forget();
  }

  #come() {
    this.#coming ??= this.#fetched();
    return this.#coming;
  }

  async #fetched() {
    try {
      const { Guide } = await wanted(HELP);
      this.guide = new Guide(this.chat);
    } catch (error) {
      this.#coming = null;
      throw error;
    }
  }
}
