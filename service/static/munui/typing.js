/**
 * The one timer of the typing sign, a state for each conversation. It shows only while an answer is really awaited, and
 * only if that takes noticeably long; nothing is held back for its sake. Cancelled by the answer, on switching, on leaving.
 */

export class Typing {
  #timers = new Map();

  /** @param {() => void} changed called when the sign appears or disappears */
  constructor(changed) {
    this.changed = changed;
  }

  isShown(conversationId) {
    return this.#timers.get(conversationId) === null;
  }

  /** An answer is awaited from now on. */
  await(conversationId) {
    this.cancel(conversationId);
    const show = () => {
      this.#timers.set(conversationId, null);
      this.changed();
    };
    this.#timers.set(conversationId, setTimeout(show, 350));
  }

  cancel(conversationId) {
    clearTimeout(this.#timers.get(conversationId));
    if (this.#timers.delete(conversationId)) this.changed();
  }

  cancelAll() {
    [...this.#timers.keys()].forEach((conversationId) => this.cancel(conversationId));
  }
}
