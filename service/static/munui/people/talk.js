/** What passes between the visitor and people besides words: that one types, when somebody answers. */

import { FORGOTTEN } from "../typing.js";
import { clock, insert, shortDay } from "../view/dom.js";
import ofPeople from "./texts.js";

/** How old may be what is known of the team, and how often it is told that the visitor types, in milliseconds. */
const FRESH = 60_000;
const OFTEN = 3000;

export class Talk {
  /** @type {{isOnline: boolean, opensAt: string|null, expectedReplySeconds: number|null}|null} */
  #team = null;
  #askedAt = 0;
  #toldAt = 0;
  #toldIn = null;

  /** @param {import("./company.js").Company} company */
  constructor({ chat, api }) {
    Object.assign(this, { chat, api });
  }

  /** Looks when somebody answers, while the visitor waits for that. */
  async look() {
    const { chat } = this;
    const isSeen = chat.isOpen && !document.hidden;
    if (!isSeen || !chat.people.isWaiting || Date.now() - this.#askedAt < FRESH) return;
    this.#askedAt = Date.now();
    try {
      this.#team = await chat.faults.current(this.api.team());
      chat.changed();
    } catch {
      // nothing is said of it then
    }
  }

  /** How long it may take until somebody comes, or when the team is back. @returns {string|null} null while nothing is known of it */
  prospect(texts, locale) {
    if (!this.#team) return null;
    const { isOnline, opensAt, expectedReplySeconds: seconds } = this.#team;
    if (isOnline) return seconds ? insert(texts.waitUsually, { time: lasting(seconds, locale) }) : texts.wait;
    if (!opensAt) return ofPeople[locale].away;
    const time = clock(opensAt, locale);
    const day = shortDay(opensAt, locale);
    return insert(texts.waitUntil, { day: day && `${day} `, time });
  }

  /** @param {string} text what stands in the input now */
  typed(text) {
    const { activeId, people } = this.chat;
    if (!text.trim() || !people.areHere) return this.rested();
    if (Date.now() - this.#toldAt < OFTEN) return undefined;
    this.#toldAt = Date.now();
    this.#toldIn = activeId;
    return this.#tell(activeId, true);
  }

  /** The visitor types no more: it was sent, or deleted, or they go. */
  rested(isLeaving = false) {
    const id = this.#toldIn;
    this.#toldIn = null;
    if (id && Date.now() - this.#toldAt < FORGOTTEN) this.#tell(id, false, isLeaving);
  }

  forget() {
    this.#team = null;
    this.#askedAt = 0;
    this.#toldIn = null;
  }

  /** Worth no word if it fails. */
  #tell(id, isTyping, isLeaving = false) {
    this.api.type(id, isTyping, isLeaving).catch(() => {});
  }
}

/** As people say it: "5 minutes". */
function lasting(seconds, locale) {
  const [unit, length] = seconds < 3600 ? ["minute", 60] : ["hour", 3600];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(
    Math.ceil(seconds / length),
  );
}
