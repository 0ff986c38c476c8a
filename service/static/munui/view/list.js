/** The list of conversations. */

import { brief, button, h, insert, reconcile, setText, unseen } from "./dom.js";
import { icon } from "./icons.js";

/** A number beside a bubble: what is more than it can hold is said so. @param {number} count */
export const many = (count) => (count > 99 ? "99+" : count ? String(count) : "");

/** What stands for a message where there is room for a line. */
export const snippetOf = (message, texts) =>
  message?.content || (message?.kind === "form" ? texts.formPreview : texts.chipsPreview);

/** The conversations, latest first, and the way to a new one. */
export class ListView {
  #known = new Map();

  constructor(context) {
    const { chat, texts } = context;
    this.context = context;
    this.items = h("ul", { class: "conversations", "aria-label": texts.list });
    this.more = button({ class: "link older", text: texts.more, onclick: () => chat.pages.loadMore() });
    this.start = button({ class: "primary", onclick: () => chat.places.startNew() }, icon("plus"), texts.newChat);
    this.node = h(
      "div",
      { class: "list" },
      h(
        "div",
        { class: "hero" },
        h("p", { class: "big", text: texts.hello }),
        h("p", { text: texts.hint }),
        this.start,
      ),
      this.items,
      this.more,
    );
  }

  render() {
    const { cache, help } = this.context.chat;
    const { conversations, nextCursor } = cache;
    help.guide?.furnish(this.node, this.context);
    this.more.hidden = !nextCursor;
    reconcile(
      this.items,
      this.#known,
      conversations.map((one) => ({ key: one.id, one, isLive: true })),
      ({ key }) => this.#build(key),
    );
  }

  #build(id) {
    const { chat, texts, locale } = this.context;
    const [state, text, when, badge, hint] = [
      h("span", { class: "state", "aria-hidden": "true" }),
      h("span", { class: "snippet", dir: "auto" }),
      h("span", { class: "when" }),
      h("span", { class: "badge", "aria-hidden": "true" }),
      unseen(""),
    ];
    const node = h(
      "li",
      {},
      button(
        { class: "conversation", onclick: () => chat.places.show(id) },
        state,
        h("span", { class: "about" }, text, when),
        badge,
        hint,
      ),
    );
    const update = ({ one: { lastMessage, createdAt, status, title, unreadCount } }) => {
      const isEnded = status !== "open";
      const time = brief(lastMessage?.createdAt ?? createdAt, locale);
      // What is over ends with the same farewell each time; what it was about tells it from the others.
      setText(text, (isEnded && title) || snippetOf(lastMessage, texts));
      setText(when, isEnded ? `${time} · ${texts[status === "left" ? "stays" : "ended"]}` : time);
      if (state.dataset.of !== status) state.replaceChildren(icon(isEnded ? "check" : "lines"));
      state.dataset.of = status;
      setText(badge, many(unreadCount));
      setText(hint, unreadCount ? insert(texts.unread, { n: many(unreadCount) }) : "");
    };
    return { node, update };
  }
}
