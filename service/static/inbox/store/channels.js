/** What the channels of other systems are called. Asked for when the first conversation of one is seen; dispatches `change`. */

/** How long it is before a channel that is not known is asked for again, in milliseconds. */
const FRESH = 60_000;

export class Channels extends EventTarget {
  /** By id. @type {Map<string, string>} */
  names = new Map();
  #askedAt = null;

  /** @param {import("./api.js").Api} api */
  constructor(api) {
    super();
    this.api = api;
  }

  /** @param {string} id @returns {string|null} null where it is not known (yet), or gone */
  nameOf(id) {
    if (!this.names.has(id) && !(this.#askedAt && Date.now() - this.#askedAt < FRESH)) this.#ask();
    return this.names.get(id) ?? null;
  }

  async #ask() {
    this.#askedAt = Date.now();
    try {
      const { channels } = await this.api.get("/channels");
      this.names = new Map(channels.map(({ id, name }) => [id, name]));
      this.dispatchEvent(new Event("change"));
    } catch {
      // The next one that is seen asks again.
    }
  }
}
