/**
 * JSON in the browser's storage that never breaks the page: blocked or full storage and contents of somebody else under
 * our keys are everyday cases. What the browser refuses to keep lives as long as the page.
 */

const memory = new Map();

/** What is kept under one prefix. Contents that `isRight` denies or chokes on are put aside under another key. */
export class Shelf {
  /** Whether something could not be saved. */
  static isFull = false;
  #area = null;

  /** @param {"localStorage"|"sessionStorage"} area @param {string} name @param {(value: any) => boolean} [isRight] */
  constructor(area, name, isRight = () => true) {
    this.prefix = `munui.v1.${name}.`;
    this.isRight = isRight;
    try {
      this.#area = globalThis[area];
    } catch {
      // a browser that blocks storage throws on the mere look
    }
  }

  /** @returns {any} null where there is nothing of use */
  get(key) {
    const text = this.#try((area, name) => memory.get(name) ?? area.getItem(name), key);
    try {
      const value = text && JSON.parse(text);
      if (!value || this.isRight(value, key)) return value ?? null;
    } catch {
      // not JSON, or not of the expected shape
    }
    this.putAside(key);
    return null;
  }

  set(key, value) {
    const text = JSON.stringify(value);
    memory.delete(this.prefix + key);
    if (this.#try((area, name) => !area.setItem(name, text), key)) return;
    memory.set(this.prefix + key, text);
    Shelf.isFull = true;
  }

  remove(key) {
    memory.delete(this.prefix + key);
    this.#try((area, name) => area.removeItem(name), key);
  }

  putAside(key) {
    this.#try((area, name) => area.setItem(`munui.aside.${name}`, area.getItem(name)), key);
    this.remove(key);
  }

  keys() {
    const kept = this.#try((area) => Object.keys(area), "") ?? [];
    return [...new Set([...kept, ...memory.keys()])]
      .filter((key) => key.startsWith(this.prefix))
      .map((key) => key.slice(this.prefix.length));
  }

  all() {
    return this.keys()
      .map((key) => this.get(key))
      .filter(Boolean);
  }

  clear() {
    this.keys().forEach((key) => this.remove(key));
  }

  #try(task, key) {
    try {
      return task(this.#area, this.prefix + key);
    } catch {
      return memory.get(this.prefix + key) ?? null;
    }
  }
}
