/** That this operator writes a reply: told while they do, at most once in a while, and when they stop. Notes are told to nobody. */

/** In milliseconds. It is forgotten after 8 seconds, and written at most once in 3. */
const AGAIN = 4000;
const STOPPED = 6000;

export class TypingTold {
  #told = 0;
  #timer = null;

  /** @param {(isTyping: boolean, keepalive: boolean) => Promise<any>} tell */
  constructor(tell) {
    this.tell = (isTyping, keepalive = false) => tell(isTyping, keepalive).catch(() => {}); // a sign only
  }

  /** A key was pressed. */
  type() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stop(), STOPPED);
    if (Date.now() - this.#told < AGAIN) return;
    this.#told = Date.now();
    this.tell(true);
  }

  /** Sent, emptied, left. @param {boolean} [keepalive] the page may be gone in a moment */
  stop(keepalive) {
    clearTimeout(this.#timer);
    if (!this.#told) return;
    this.#told = 0;
    this.tell(false, keepalive);
  }
}
