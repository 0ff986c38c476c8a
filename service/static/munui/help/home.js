/** The help below the list of conversations: a few articles, and a search for others. */

import { button, h, insert, set, setText } from "../view/dom.js";
import { drawn } from "../view/icons.js";

/** Pictures that stand nowhere else, as `d` of a path. */
const SEARCH = "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16.2 16.2 21 21";
const NEXT = "M9 5l7 7-7 7";
/** How long somebody rests until what they typed is looked for, in milliseconds. */
const REST = 250;
/** As the service takes it, in code points; a field counts no fewer. */
const LONGEST = 200;

/** One of a panel. */
export class Home {
  #asked = 0;
  #resting = null;

  /** @param {object} context of the list @param {import("./help-store.js").HelpStore} store @param {object} said its texts @param {(words: string) => void} ask */
  constructor({ chat, texts, locale }, store, said, ask) {
    Object.assign(this, { chat, locale, store, said });
    this.input = h("input", {
      class: "control",
      type: "search",
      dir: "auto",
      maxlength: LONGEST,
      "aria-label": said.search,
      placeholder: said.search,
      enterkeyhint: "search",
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#pressed(event),
    });
    const find = (event) => {
      event.preventDefault();
      this.find();
    };
    this.told = h("p", { class: "told", role: "status" });
    this.items = h("ul", { class: "articles" });
    this.ask = button({ class: "secondary", text: said.ask, hidden: true, onclick: () => ask(this.#words) });
    const all = h("a", {
      class: "link",
      href: `${chat.http.base}/help?lang=${locale}`,
      target: "_blank",
      rel: "noopener",
    });
    all.append(said.all, h("span", { class: "sr", text: texts.opens }));
    this.node = h(
      "section",
      { class: "help-home", "aria-label": said.help, hidden: true },
      h("h3", { text: said.help }),
      h("form", { role: "search", onsubmit: find }, drawn("search", SEARCH), this.input),
      this.told,
      this.items,
      this.ask,
      all,
    );
  }

  /** What matches what stands in the field; without a word there, the newest ones. An answer that was overtaken counts for nothing. */
  async find() {
    clearTimeout(this.#resting);
    this.#asked += 1;
    const [asked, words] = [this.#asked, this.#words];
    try {
      const { articles } = await this.chat.faults.current(this.store.find(words, this.locale));
      if (asked === this.#asked) this.#show(words, articles);
    } catch (error) {
      if (asked === this.#asked && error.code !== "gone") this.#fail(words);
    }
  }

  get #words() {
    return this.input.value.trim();
  }

  /** Escape clears the field; only where nothing stands there it is for the panel. */
  #pressed(event) {
    if (event.key !== "Escape" || event.isComposing || !this.input.value) return;
    event.preventDefault();
    event.stopPropagation();
    this.input.value = "";
    this.#typed();
  }

  #typed() {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.find(), this.#words ? REST : 0);
  }

  #show(words, articles) {
    // Where there are none at all there is nothing to look through either.
    if (!words) this.node.hidden = !articles.length;
    setText(
      this.told,
      !words ? "" : articles.length ? insert(this.said.found, { n: articles.length }) : this.said.none,
    );
    this.ask.hidden = !words || articles.length > 0;
    // What stands there already keeps the focus.
    const mark = JSON.stringify(articles);
    if (this.items.dataset.mark !== mark) this.items.replaceChildren(...articles.map((article) => this.#item(article)));
    this.items.dataset.mark = mark;
  }

  #fail(words) {
    if (!words) return;
    this.items.replaceChildren();
    this.items.dataset.mark = "";
    this.ask.hidden = false;
    setText(this.told, this.said.failed);
  }

  #item(article) {
    const node = button(
      { class: "conversation", "data-article": article.slug, onclick: () => this.chat.help.show(article) },
      h(
        "span",
        { class: "about" },
        h("span", { class: "snippet", dir: "auto", text: article.title }),
        h("span", { class: "when few", dir: "auto", text: article.excerpt }),
      ),
      drawn("next", NEXT),
    );
    set(node, "lang", article.locale === this.locale ? null : article.locale);
    return h("li", {}, node);
  }
}
