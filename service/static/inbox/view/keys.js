/**
 * Shortcuts: which key does what, and which of them an operator has turned off.
 *
 * None acts while a syllable is composed, in a field, beside Ctrl, Alt or Meta, or behind a dialog; held down, only
 * what walks (`repeats`) acts again.
 */

const FIELDS = "input, select, textarea, [contenteditable]";
const OFF = "keys off";
/** What composes says so in one of these ways; browsers differ. */
const isComposing = ({ isComposing, keyCode }) => isComposing || keyCode === 229;

/** Dispatches `change` when there is another shortcut, or one is turned on or off. */
export class Keys extends EventTarget {
  /** By name, in the order in which they were added. @type {Map<string, {name: string, key: string, label: string, repeats?: boolean, run: (event: KeyboardEvent) => void}>} */
  all = new Map();
  #shelf;

  /** @param {import("../store/shelf.js").Shelf} shelf */
  constructor(shelf) {
    super();
    this.#shelf = shelf;
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /**
   * @param {{name: string, key: string, label: string, repeats?: boolean, run: (event: KeyboardEvent) => unknown}} shortcut `key` as
   *   `event.key`, a small letter or a sign; `label` is the key of a text; where `run` answers false the key does what it always does
   * @param {AbortSignal} [signal] with which it ends
   */
  add(shortcut, signal) {
    this.all.set(shortcut.name, shortcut);
    this.#tell();
    signal?.addEventListener("abort", () => {
      if (this.all.get(shortcut.name) === shortcut) this.all.delete(shortcut.name);
      this.#tell();
    });
  }

  isOn(name) {
    return !this.#shelf.get(OFF, []).includes(name);
  }

  /** @param {string} name @param {boolean} isOn */
  turn(name, isOn) {
    const others = this.#shelf.get(OFF, []).filter((one) => one !== name);
    this.#shelf.set(OFF, isOn ? others : [...others, name]);
    this.#tell();
  }

  #pressed(event) {
    if (event.defaultPrevented || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(FIELDS) || document.querySelector("dialog[open]")) return;
    const key = named(event);
    // Of several with one key, the first that has something to do here.
    const shortcuts = [...this.all.values()].filter((one) => one.key === key && this.isOn(one.name));
    if (shortcuts.some((one) => (!event.repeat || one.repeats) && one.run(event) !== false)) event.preventDefault();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

/** With the keyboard on Hangul and nothing to compose in, a key still stands for its letter. */
const named = ({ key, code }) => (/^[ㄱ-ㅣ]$/.test(key) && code.startsWith("Key") ? code.slice(3).toLowerCase() : key);
