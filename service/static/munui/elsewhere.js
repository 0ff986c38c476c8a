/** What happens in other places: on other devices (asked for now and then) and in the other tabs (told). */

const FIRST = 10_000;
const LAST = 60_000;

/** While a person answers: so often that it looks like a conversation, and not all visitors at once. */
const soon = () => 2000 + Math.random() * 1000;

/** One tab at a time. Locks exist on https only; what is done in them may therefore be done twice, if rarely. */
export const locked = (name, task, options = {}) =>
  navigator.locks ? navigator.locks.request(`munui ${name}`, options, task) : task();

/** Asks soon after something happened, ever more rarely while nothing does, never while the page is hidden. */
export class Poll {
  #wait = FIRST;
  #timer = null;
  #isOn = false;

  /** @param {() => Promise<boolean>} ask answers whether there was something new @param {() => boolean} isUrgent whether a person answers */
  constructor(ask, isUrgent) {
    Object.assign(this, { ask, isUrgent });
  }

  /** Begin anew: what is shown is fresh. */
  start() {
    this.#isOn = true;
    this.#wait = FIRST;
    this.#schedule();
  }

  stop() {
    this.#isOn = false;
    clearTimeout(this.#timer);
  }

  /** The page was shown or hidden. */
  visibility() {
    clearTimeout(this.#timer);
    if (this.#isOn && !document.hidden) this.#run();
  }

  #schedule() {
    clearTimeout(this.#timer);
    if (!this.#isOn || document.hidden) return;
    this.#timer = setTimeout(() => this.#run(), this.isUrgent() ? soon() : this.#wait);
  }

  async #run() {
    this.#wait = (await this.ask()) ? FIRST : Math.min(LAST, this.#wait * 1.4);
    this.#schedule();
  }
}

/** The tabs of one member: what an answer said reaches all lists and badges. Guests' tabs share one storage instead. */
export class Tabs {
  #channel;
  identity = null;

  /** @param {string} base of the service @param {(kind: string, answer: object) => void} heard @param {(identity: string) => void} [changed] a member came by the cookie who is not the one here */
  constructor(base, heard, changed = () => {}) {
    this.#channel = new BroadcastChannel(`munui ${base}`);
    this.#channel.onmessage = ({ data: { identity, kind, answer } }) => {
      // The cookie is that of all tabs, whoever they take its member for.
      if (identity === this.identity || kind === "left") heard(kind, answer);
      else if (kind === "cookie") changed(identity);
    };
  }

  /** @param {"opened"|"turn"|"read"|"cookie"|"left"|"live"} kind @param {object} [answer] */
  tell(kind, answer) {
    if (this.identity) this.#channel.postMessage({ identity: this.identity, kind, answer });
  }

  close() {
    this.#channel.close();
  }
}
