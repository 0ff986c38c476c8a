/** What one operator keeps in this browser: choices, not content. Another operator of the same browser has their own. */

/** A small drawer of localStorage; where there is none, choices last as long as the page. */
export class Shelf {
  #kept = {};

  /** @param {string} operatorId */
  constructor(operatorId) {
    this.prefix = `munui inbox ${operatorId} `;
  }

  /** @param {string} name @param {unknown} otherwise where nothing is kept */
  get(name, otherwise = null) {
    try {
      return JSON.parse(localStorage.getItem(this.prefix + name)) ?? otherwise;
    } catch {
      return this.#kept[name] ?? otherwise;
    }
  }

  /** @param {string} name @param {unknown} value */
  set(name, value) {
    this.#kept[name] = value;
    try {
      localStorage.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      // Full, or forbidden.
    }
  }

  /** Whether an event of `storage` is about `name`. */
  isAbout({ key }, name) {
    return key === this.prefix + name;
  }
}
