/** The head of the panel: who answers here, how that stands, the way to a person, to the list, and out. */

import { avatar, personOf } from "./bot.js";
import { button, h, set, setText } from "./dom.js";
import { icon } from "./icons.js";

/** What stands above list and conversation. */
export class Header {
  #mark = "";

  /** @param {object} context of the panel */
  constructor(context) {
    const { chat, texts, isInline, toggle } = context;
    this.context = context;
    const round = (name, label, onclick, hidden) =>
      button({ class: `round ${name}`, "aria-label": label, onclick, hidden }, icon(name));
    this.back = round("back", "", () => (chat.view === "article" ? chat.help.leave() : chat.places.showList()));
    this.close = round("close", texts.close, toggle, isInline);
    this.talk = round("person", texts.talk, () => chat.people.ask());
    this.bell = round("bell", texts.alerts, () => chat.people.toggleBell());
    this.face = avatar(context.bot);
    this.title = h("h2", { id: "title" });
    this.status = h("p", { class: "status" });
    const titles = h("div", { class: "titles" }, this.title, this.status);
    this.node = h("div", { class: "header" }, this.back, this.face, titles, this.talk, this.bell, this.close);
  }

  render() {
    const { chat, texts } = this.context;
    const { active, people, view } = chat;
    const isHere = view === "chat" && people.areHere;
    this.back.hidden = view === "list";
    set(this.back, "aria-label", view === "article" ? texts.back : texts.list);
    this.talk.hidden = view === "list" || !people.isOffered;
    this.bell.hidden = !isHere;
    set(this.bell, "aria-pressed", String(people.isBellOn));
    this.#voice(isHere && !people.isWaiting ? personOf(active.agent, texts) : null);
    const [text, look] = this.#standing(isHere);
    setText(this.status, text);
    set(this.status, "class", `status ${look}`);
  }

  /** Who is spoken with: a person, or else whom the page has answer. */
  #voice(person) {
    const { bot, texts, title } = this.context;
    const mark = JSON.stringify(person);
    if (mark === this.#mark) return;
    this.#mark = mark;
    setText(this.title, person?.name ?? title ?? texts.title);
    const face = avatar(person ?? bot);
    this.face.replaceWith(face);
    this.face = face;
    set(this.node, "class", person ? "header person" : "header");
  }

  /** @returns {[text: string, look: string]} */
  #standing(isHere) {
    const { chat, texts } = this.context;
    if (!chat.isOnline) return [texts.offline, "off"];
    if (chat.isEnded) return [texts.done, "off"];
    if (!isHere) return [texts.online, ""];
    if (chat.people.isWaiting) return [texts.connecting, "wait"];
    return [chat.typing.who(chat.activeId) ? texts.personTypes : texts.personHere, ""];
  }
}
