/** A tone and a number in the page's title when a person writes: only where the visitor switched it on, until they are back. */

/** The pitches of the tone, in Hz, and how long each of them sounds, in seconds. */
const PITCHES = [880, 1174.66];
const LENGTH = 0.14;

export class Alerts {
  #context = null;
  #mark = "";

  /** @param {import("../storage.js").Shelf} shelf */
  constructor(shelf) {
    this.shelf = shelf;
  }

  get isOn() {
    return Boolean(this.shelf.get("on"));
  }

  /** By a click: only then browsers let a page sound. */
  toggle() {
    if (this.isOn) this.shelf.remove("on");
    else {
      this.shelf.set("on", true);
      this.#sound();
    }
  }

  /** A person wrote. @param {boolean} isAudible whether it is for this tab to sound */
  ring(isAudible) {
    if (this.isOn && isAudible) this.#sound();
  }

  /** @param {number} unread what the title says, while nobody looks at the page */
  show(unread) {
    const mark = this.isOn && unread && !document.hasFocus() ? `(${unread > 99 ? "99+" : unread}) ` : "";
    if (mark === this.#mark) return;
    // The page may have written another title meanwhile.
    const { title } = document;
    document.title = mark + (this.#mark && title.startsWith(this.#mark) ? title.slice(this.#mark.length) : title);
    this.#mark = mark;
  }

  #sound() {
    if (!globalThis.AudioContext) return;
    this.#context ??= new AudioContext();
    const context = this.#context;
    const [tone, volume, now] = [context.createOscillator(), context.createGain(), context.currentTime];
    context.resume().catch(() => {});
    PITCHES.forEach((pitch, index) => tone.frequency.setValueAtTime(pitch, now + index * LENGTH));
    volume.gain.setValueAtTime(0.12, now);
    volume.gain.exponentialRampToValueAtTime(0.001, now + LENGTH * 4);
    tone.connect(volume).connect(context.destination);
    tone.start();
    tone.stop(now + LENGTH * 4);
  }
}
