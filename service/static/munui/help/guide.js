/**
 * The help inside the chat, in a file of its own: fetched when the list of conversations is shown, or an article is first
 * opened (chat/help.js). What it imports is copied into that file: nothing that keeps a state in its module may be among it
 * (tests/unit/test_bundling.py).
 */

import { conversationOf } from "../cache-adapter.js";
import { insert } from "../view/dom.js";
import { lateLook } from "../view/dress.js";
import { ARTICLES } from "../view/looks/help.js";
import { articleView } from "./article.js";
import { HelpStore } from "./help-store.js";
import { Home } from "./home.js";
import texts from "./texts.js";

const dress = lateLook(ARTICLES);

/** Joins a chat, and stays as long as that. */
export class Guide {
  #home = null;
  #page = null;
  /** What the service told of an article: null where there is none any more. @type {WeakMap<object, object|null>} */
  #told = new WeakMap();

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.store = new HelpStore(chat.http);
  }

  /** Asks which articles there are; where they stand already they stay until the answer is there. */
  list() {
    this.#home?.find();
    this.chat.changed();
  }

  /** @param {object} article that is shown @throws {import("../errors.js").ChatError} */
  async read(article) {
    const { faults } = this.chat;
    try {
      this.#told.set(article, (await faults.current(this.store.read(article))).article);
    } catch (error) {
      if (error.code !== "not_found") throw error;
      this.#told.set(article, null);
    }
  }

  /** Below the list of conversations. @param {HTMLElement} list @param {object} context of the panel */
  furnish(list, context) {
    if (this.#home?.context === context) return;
    this.#home?.node.remove();
    const home = new Home(context, this.store, texts[context.locale], (words) => this.#ask(words));
    this.#home = Object.assign(home, { context });
    list.append(home.node);
    dress(list.getRootNode());
    home.find();
  }

  /** The article that is read. @param {HTMLElement} body of the panel @param {object} context of the panel @returns {boolean} whether it has just come */
  open(body, context) {
    const { help } = this.chat;
    const { article } = help;
    if (this.#page?.of === article && this.#page.context === context && body.contains(this.#page.node)) return false;
    if (!this.#told.has(article)) return false;
    const said = texts[context.locale];
    const told = this.#told.get(article);
    // Its page knows members by their cookie alone.
    const isPage = told?.audience === "all" || this.chat.session.mode === "cookie";
    const way = {
      ...article,
      address: isPage ? help.address(article) : null,
      ask: () => this.#ask(insert(said.aboutIt, article)),
    };
    const node = articleView(told, way, { ...context, said });
    this.#page = { of: article, context, node };
    body.replaceChildren(node);
    dress(body.getRootNode());
    return true;
  }

  forget() {
    this.#home?.node.remove();
    this.#home = this.#page = null;
  }

  /** In a conversation, with words to begin with. @param {string} words */
  #ask(words) {
    const { cache, draftKey, drafts, help, places, view } = this.chat;
    const isOpen = (one) => one?.status === "open";
    const from = view === "article" ? help.article.from : null;
    const open = [conversationOf(cache, from), ...cache.conversations].find(isOpen);
    const key = open?.id ?? draftKey;
    if (!drafts.get(key)) drafts.set(key, words);
    return open ? places.show(open.id) : places.startNew();
  }
}
