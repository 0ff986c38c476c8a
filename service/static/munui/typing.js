/**
 * The one timer of the typing sign, a state for each conversation. That the bot does shows only while an answer is really
 * awaited, and only if that takes noticeably long; nothing is held back for its sake. That a person does is told, and
 * forgotten if it is not told again. Cancelled by the answer, on switching, on leaving.
 */

/** When a sign that is not given again is over, in milliseconds. */
export const FORGOTTEN = 8000;

export class Typing {
  /** @type {Map<string, {who: "bot"|"person"|null, timer: number}>} */
  #signs = new Map();

  /** @param {() => void} changed called when the sign appears or disappears */
  constructor(changed) {
    this.changed = changed;
  }

  /** @returns {"bot"|"person"|null} */
  who(conversationId) {
    return this.#signs.get(conversationId)?.who ?? null;
  }

  /** An answer of the bot's is awaited from now on. */
  await(conversationId) {
    this.cancel(conversationId);
    this.#set(conversationId, null, 350, () => this.#set(conversationId, "bot"));
  }

  /** A person types, or does no more. */
  told(conversationId, isTyping) {
    const cancel = () => this.cancel(conversationId);
    if (isTyping) this.#set(conversationId, "person", FORGOTTEN, cancel);
    else if (this.who(conversationId) === "person") cancel();
  }

  cancel(conversationId) {
    clearTimeout(this.#signs.get(conversationId)?.timer);
    if (this.#signs.delete(conversationId)) this.changed();
  }

  cancelAll() {
    [...this.#signs.keys()].forEach((conversationId) => this.cancel(conversationId));
  }

  #set(conversationId, who, milliseconds, then) {
    const before = this.#signs.get(conversationId);
    clearTimeout(before?.timer);
    this.#signs.set(conversationId, { who, timer: then && setTimeout(then, milliseconds) });
    if (who !== (before?.who ?? null)) this.changed();
  }
}
