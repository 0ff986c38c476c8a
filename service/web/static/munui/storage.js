/**
 * JSON in the browser's storage that never breaks the page: blocked storage, full storage and contents that somebody
 * else left under a key of ours are everyday cases.
 * Belongs here: reading, writing, putting aside. Not here: what the values mean.
 */

export const PREFIX = "munui.v1.";
const ASIDE = "munui.aside.";

/** Storage with a memory behind it: what the browser refuses to keep lives as long as the page. */
export class SafeStorage {
  #area;
  #memory = new Map();

  /** Whether something could not be saved. */
  isFull = false;

  /** @param {"localStorage"|"sessionStorage"|Storage} [area] */
  constructor(area = "localStorage") {
    try {
      this.#area = typeof area === "string" ? globalThis[area] : area;
    } catch {
      this.#area = null; // a browser that blocks storage throws on the mere look
    }
  }

  /** @param {string} key @param {(value: any) => boolean} [isRight] else the content is put aside @returns {any} null where there is nothing */
  get(key, isRight = () => true) {
    const text = this.#read(key);
    if (text === null) return null;
    try {
      const value = JSON.parse(text);
      if (isRight(value)) return value;
    } catch {
      // neither JSON nor of the expected shape: put aside below
    }
    this.putAside(key);
    return null;
  }

  /** @param {string} key @param {any} value @returns {boolean} whether it outlives the page */
  set(key, value) {
    const text = JSON.stringify(value);
    if (this.#write(key, text) || (this.#makeRoom() && this.#write(key, text))) {
      this.#memory.delete(key);
      return true;
    }
    this.#memory.set(key, text);
    this.isFull = true;
    return false;
  }

  /** @param {string} key */
  remove(key) {
    this.#memory.delete(key);
    try {
      this.#area?.removeItem(key);
    } catch {
      // nothing there to remove
    }
  }

  /** Keeps what stands under `key` under another key, out of the way. @param {string} key */
  putAside(key) {
    const text = this.#read(key);
    if (text !== null) this.#write(`${ASIDE}${key}`, text);
    this.remove(key);
  }

  /** @param {string} prefix @returns {string[]} */
  keys(prefix) {
    const found = new Set(this.#memory.keys());
    try {
      for (let index = 0; index < (this.#area?.length ?? 0); index += 1) found.add(this.#area.key(index));
    } catch {
      // blocked: the memory is all there is
    }
    return [...found].filter((key) => key.startsWith(prefix));
  }

  #read(key) {
    try {
      return this.#memory.get(key) ?? this.#area?.getItem(key) ?? null;
    } catch {
      return null;
    }
  }

  #write(key, text) {
    try {
      this.#area.setItem(key, text);
      return true;
    } catch {
      return false;
    }
  }

  #makeRoom() {
    const aside = this.keys(ASIDE);
    aside.forEach((key) => this.remove(key));
    return aside.length > 0;
  }
}
