/**
 * When to look for what other devices did: soon after something happened, ever more rarely while nothing does, never
 * while the page is hidden, at once when it is shown again.
 */

const FIRST = 10_000;
const LAST = 60_000;
const SLOWER = 1.4;

/** One repeating question. */
export class Poll {
  #ask;
  #wait = FIRST;
  #timer = null;
  #isOn = false;
  #askedAt = 0;

  /** @param {() => Promise<boolean>} ask answers whether there was something new */
  constructor(ask) {
    this.#ask = ask;
  }

  /** Begin, or begin anew: something just happened here, so what is shown is fresh. */
  start() {
    this.#isOn = true;
    this.#wait = FIRST;
    this.#askedAt = Date.now();
    this.#schedule();
  }

  stop() {
    this.#isOn = false;
    clearTimeout(this.#timer);
  }

  /** The page was shown or hidden. @param {boolean} isVisible */
  visible(isVisible) {
    clearTimeout(this.#timer);
    if (!isVisible || !this.#isOn) return;
    this.#wait = FIRST;
    if (Date.now() - this.#askedAt > 2_000) this.#run();
    else this.#schedule();
  }

  #schedule() {
    clearTimeout(this.#timer);
    if (this.#isOn && !document.hidden) this.#timer = setTimeout(() => this.#run(), this.#wait);
  }

  async #run() {
    this.#askedAt = Date.now();
    const isNew = await this.#ask().catch(() => false);
    this.#wait = isNew ? FIRST : Math.min(LAST, this.#wait * SLOWER);
    this.#schedule();
  }
}
