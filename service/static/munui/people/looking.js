/** An answer that is being looked for by the service, where that takes long: the visitor is told, and may ask for a person. */

import { isLooking } from "../cache-adapter.js";

/** After so many milliseconds it takes long. */
const LONG = 45_000;

/** Changes `remark`. */
export class Looking {
  /** By the message that says so, the timer. @type {Map<string, number>} */
  #timers = new Map();

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** After every change. */
  look() {
    const { chat } = this;
    const { active } = chat;
    if (chat.remark === "late" && !isLooking(active)) chat.remark = null;
    const { id } = active?.lastMessage ?? {};
    if (!isLooking(active) || this.#timers.has(id)) return;
    const tell = () => {
      if (!isLooking(chat.active) || chat.active.lastMessage.id !== id) return;
      chat.remark = "late";
      chat.changed();
    };
    this.#timers.set(id, setTimeout(tell, LONG));
  }

  forget() {
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers.clear();
  }
}
