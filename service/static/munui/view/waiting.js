/** What somebody who waits for a person is told: for how long, or when the team is back; and the way back to the bot. */

import { button, clock, h, insert, set, setText, shortDay } from "./dom.js";

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
    setText(this.text, isShown ? prospect(chat.people.team, texts, locale) : "");
  }
}

/** @param {{isOnline: boolean, opensAt: string|null, expectedReplySeconds: number|null}|null} team null while nothing is known of it */
function prospect(team, texts, locale) {
  if (!team) return texts.wait;
  const { isOnline, opensAt, expectedReplySeconds: seconds } = team;
  if (isOnline) return seconds ? insert(texts.waitUsually, { time: lasting(seconds, locale) }) : texts.wait;
  if (!opensAt) return texts.waitAway;
  const time = clock(opensAt, locale);
  const day = shortDay(opensAt, locale);
  return insert(day ? texts.waitUntilDay : texts.waitUntil, { day, time });
}

/** As people say it: "5 minutes". */
function lasting(seconds, locale) {
  const [unit, length] = seconds < 3600 ? ["minute", 60] : ["hour", 3600];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(
    Math.ceil(seconds / length),
  );
}
