/** What was said while the panel was closed, in a few words beside the launcher. Not here: how many are unread (the badge). */

import { avatar, personOf } from "./bot.js";
import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { snippetOf } from "./list.js";

/** The latest unread message. Who puts it away sees the next one, and that one no more in this tab. */
export class Preview {
  #shown = null;

  /** @param {object} context of the panel */
  constructor(context) {
    this.context = context;
    this.node = h("div", { class: "preview", "aria-live": "polite" });
  }

  /** @param {boolean} isWanted whether there is a place for it */
  render(isWanted) {
    const { chat, texts } = this.context;
    // What one said oneself is no news, whatever is on its way.
    const isNews = ({ unreadCount, lastMessage }) => unreadCount && lastMessage && lastMessage.role !== "user";
    const unread = isWanted && chat.cache.conversations.find(isNews);
    const isNew = unread && chat.drafts.get("away") !== unread.lastMessage.id;
    const shown = isNew ? unread.lastMessage.id : null;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.node.replaceChildren(...(isNew ? this.#parts(unread, texts) : []));
  }

  #parts({ id, lastMessage }, texts) {
    const { chat } = this.context;
    const voice = lastMessage.author ? personOf(lastMessage.author, texts) : this.context.bot;
    const away = () => {
      chat.drafts.set("away", lastMessage.id);
      chat.changed();
    };
    return [
      button(
        { class: "said", onclick: () => chat.places.enter(id) },
        avatar(voice),
        h(
          "span",
          {},
          h("b", { text: voice.name }),
          h("span", { class: "few", dir: "auto", text: snippetOf(lastMessage, texts) }),
        ),
      ),
      button({ class: "round", "aria-label": texts.away, onclick: away }, icon("close")),
    ];
  }
}
