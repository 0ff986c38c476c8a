/**
 * The one timer of the typing sign: a state for each conversation.
 * It shows only while an answer is really awaited, and only if that takes noticeably long; nothing is ever held back for
 * its sake. Cancelled by the answer, on switching to another conversation and on leaving.
 */

const DELAY = 350;

/** Who is awaited where. */
export class Typing {
  #timers = new Map();
  #shown = new Set();
  #changed;

  /** @param {(conversationId: string) => void} changed called when the sign appears or disappears */
  constructor(changed) {
    this.#changed = changed;
  }

  /** @param {string} conversationId @returns {boolean} */
  isShown(conversationId) {
    return this.#shown.has(conversationId);
  }

  /** @param {string} conversationId whose answer is awaited from now on */
  await(conversationId) {
    this.cancel(conversationId);
    this.#timers.set(conversationId, setTimeout(() => {
      this.#timers.delete(conversationId);
      this.#shown.add(conversationId);
      this.#changed(conversationId);
    }, DELAY));
  }

  /** @param {string} conversationId */
  cancel(conversationId) {
    clearTimeout(this.#timers.get(conversationId));
    this.#timers.delete(conversationId);
    if (this.#shown.delete(conversationId)) this.#changed(conversationId);
  }

  cancelAll() {
    [...this.#timers.keys(), ...this.#shown].forEach((conversationId) => this.cancel(conversationId));
  }
}
