/**
 * The conversations, latest first, and the way to a new one.
 */

import { h, icon, reconcile, setText, attribute } from "./dom.js";
import { brief } from "./time.js";
import { insert } from "../texts.js";

/** The first page of the panel. */
export class ListView {
  #known = new Map();

  /** @param {{chat: import("../chat.js").Chat, texts: object, locale: string}} context */
  constructor(context) {
    this.context = context;
    const { chat, texts } = context;
    this.items = h("ul", { class: "conversations", "aria-label": texts.list });
    this.recent = h("h3", { text: texts.recent });
    this.more = h("button", { type: "button", class: "link more", text: texts.more, on: { click: () => chat.loadMore() } });
    this.start = h("button", { type: "button", class: "primary", part: "button", on: { click: () => chat.startNew() } }, icon("plus"), texts.newChat);
    const hero = h("div", { class: "hero" }, h("span", { class: "avatar", "aria-hidden": "true" }, icon("chat")), h("p", { class: "big", text: texts.emptyTitle }), h("p", { text: texts.empty }), this.start);
    this.node = h("div", { class: "list", part: "list", tabindex: 0, role: "region", "aria-label": texts.list }, hero, this.recent, this.items, this.more);
  }

  render() {
    const { cache } = this.context.chat;
    this.recent.hidden = !cache.conversations.length;
    this.more.hidden = !cache.nextCursor;
    reconcile(this.items, this.#known, cache.conversations.map((one) => ({ key: one.id, mark: "", one })), () => this.#build());
  }

  focus() {
    this.start.focus({ preventScroll: true });
  }

  #build() {
    const { chat, texts, locale } = this.context;
    const text = h("span", { class: "snippet", dir: "auto" });
    const time = h("time");
    const state = h("span", { class: "tag" });
    const badge = h("span", { class: "badge" });
    const hint = h("span", { class: "sr" });
    let id;
    const button = h("button", { type: "button", part: "conversation", on: { click: () => chat.show(id) } }, h("span", { class: "avatar", "aria-hidden": "true" }, icon("chat")), h("span", { class: "about" }, text, h("span", { class: "when" }, time, state)), badge, hint);
    const update = ({ one }) => {
      id = one.id;
      setText(text, preview(one.lastMessage, texts));
      setText(time, brief(one.lastMessage?.createdAt ?? one.createdAt, locale));
      setText(state, one.status === "completed" ? texts.doneShort : "");
      setText(badge, one.unreadCount > 99 ? "99+" : one.unreadCount ? String(one.unreadCount) : "");
      attribute(badge, "aria-hidden", "true");
      setText(hint, one.unreadCount ? insert(texts.unread, { n: badge.textContent }) : "");
    };
    return { node: h("li", {}, button), update };
  }
}

function preview(message, texts) {
  if (!message) return "";
  return message.content || (message.kind === "form" ? texts.formPreview : texts.chipsPreview);
}
