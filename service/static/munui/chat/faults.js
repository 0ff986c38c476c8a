/**
 * What a failed call means for what is shown: a banner, a sign-in, another try. Which refusal of a turn means what is
 * decided in turns.js; when an unsent message goes out again, in delivery.js.
 */

import { refuse } from "../errors.js";

/** Refusals after which the conversation looks different from what was thought. */
export const OUTDATED = ["already_answered", "conversation_completed", "not_found", "unknown_chip", "invalid_form"];

/** Changes `problem` and `needsSignIn`. */
export class Faults {
  #again = null;
  #told = null;

  /** @param {import("../chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** Runs what reads; shows why it failed, and repeats it where that may help. */
  async guard(task, again = null) {
    const { chat } = this;
    const { epoch, activeId, problem } = chat;
    try {
      await task();
      // Of what has failed since it was asked, an answer says nothing.
      if (problem === chat.problem && !chat.needsSignIn) chat.problem = null;
    } catch (error) {
      // They may be somewhere else by now.
      if (error.code === "not_found" && activeId) chat.places.gone(activeId);
      else if (epoch === chat.epoch) this.show(error, again);
    }
    chat.changed();
  }

  /** @param {Error} error of a call, or a fault of our own @param {(() => void)|null} [again] what to repeat by itself */
  show(error, again = null) {
    const { chat } = this;
    const { code = "internal", retryAfter = null } = error;
    if (error.isAuth) chat.needsSignIn = true;
    if (again) clearTimeout(this.#again); // else what waits for another try goes on waiting
    const seconds = error.isTransient ? (retryAfter ?? 5) : 0;
    if (!OUTDATED.includes(code))
      chat.problem = { code, until: seconds && Date.now() + seconds * 1000, again: error.isOfPage ? null : again };
    if (seconds && again) this.#again = setTimeout(again, seconds * 1000);
    this.tell(error);
  }

  /** Tells the host page, and in the console what is the page's own fault or ours; each error once. */
  tell(error) {
    if (this.#told === error) return;
    this.#told = error;
    const { code = "internal", status = 0, message, requestId = null, retryAfter = null } = error;
    if (error.isOfPage) console.error(`<munui-chat> ${code}: ${message}`, error.cause ?? "");
    else if (code === "internal" && !status) console.error(error);
    this.chat.emit("error", { code, status, detail: message, requestId, retryAfter });
  }

  /** The answer, unless somebody else is here by now. @throws {import("../errors.js").ChatError} gone */
  async current(promise) {
    const { epoch } = this.chat;
    try {
      return await promise;
    } finally {
      if (epoch !== this.chat.epoch) refuse("gone");
    }
  }

  forget() {
    clearTimeout(this.#again);
  }
}
