/**
 * The event stream: it says that something changed, never what. One tab of a visitor listens and tells the others; who is
 * told asks the service (hints.js). Open only while a person is wanted or answers.
 */

import { locked } from "../elsewhere.js";

/** The service says something at least each 25 seconds; after so many milliseconds of silence the line is dead. */
const SILENCE = 40_000;
/** Between two tries, in milliseconds: at first, and at most. */
const SHORTEST = 1000;
const LONGEST = 8000;

/** Listens as long as it is wanted, over cuts and sleep. */
export class Live {
  isWanted = false;
  /** Whether it is this tab that listens; without locks each does. */
  isLeading = false;
  #life = null;
  #heardAt = 0;
  #retry = SHORTEST;
  #tries = 0;
  #wake = () => {};

  /** @param {import("./http.js").Http} http @param {(kind: string, told: object) => void} heard `hello`, `changed`, `typing` @param {(kind: "live", told: object) => void} tell the other tabs */
  constructor(http, heard, tell) {
    Object.assign(this, { http, heard, tell });
  }

  /** Whether hints come, here or in the tab that tells this one. */
  get isAlive() {
    return this.isWanted && Date.now() - this.#heardAt < SILENCE;
  }

  /** @param {boolean} isWanted @param {string} identity of the visitor, whose tabs take turns */
  want(isWanted, identity) {
    if (isWanted === this.isWanted) return;
    this.isWanted = isWanted;
    this.#life?.abort();
    this.#heardAt = 0;
    this.isLeading = false;
    if (!isWanted) return;
    const life = new AbortController();
    const { signal } = life;
    this.#life = life;
    this.tell("live", { kind: "ask" });
    locked(`live ${this.http.base} ${identity}`, () => this.#stay(signal), { signal }).catch(() => {}); // left the queue
  }

  /** The network is back, or the page: what waits for its next try need not. */
  hurry() {
    this.#wake();
  }

  /** From another tab: a hint, or the question whether one listens. @param {{kind: string, told: object}} hint */
  relayed({ kind, told }) {
    if (!this.isWanted) return;
    if (kind === "ask") {
      if (this.isLeading && this.isAlive) this.tell("live", { kind: "beat" });
      return;
    }
    this.#heardAt = kind === "cut" ? 0 : Date.now();
    if (told) this.heard(kind, told);
  }

  async #stay(signal) {
    this.#tries = 0;
    this.isLeading = !signal.aborted;
    while (!signal.aborted) {
      const { retryAfter } = (await this.#listen(signal).catch((error) => error)) ?? {};
      if (signal.aborted) return;
      this.#hear("cut");
      this.#heardAt = 0;
      const wait = Math.min(LONGEST, this.#retry * 2 ** this.#tries) * (0.5 + Math.random() / 2);
      this.#tries += 1;
      await this.#pause(retryAfter ? retryAfter * 1000 : wait, signal);
    }
  }

  #pause(milliseconds, signal) {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, milliseconds);
      signal.addEventListener("abort", resolve, { once: true });
    });
  }

  /** Until the line is cut, or silent for too long. */
  async #listen(signal) {
    const line = new AbortController();
    const cut = () => line.abort();
    let watch = setTimeout(cut, SILENCE);
    signal.addEventListener("abort", cut, { once: true });
    try {
      const stream = await this.http.stream("/api/v1/events", line.signal);
      const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(watch);
        watch = setTimeout(cut, SILENCE);
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        this.#hear("beat");
        blocks.forEach((block) => this.#read(block));
      }
    } finally {
      clearTimeout(watch);
      cut();
      signal.removeEventListener("abort", cut);
    }
  }

  #read(block) {
    const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: ?(.*)/s, 2)));
    if (Number(fields.retry)) this.#retry = Number(fields.retry);
    if (!fields.event || !fields.data) return;
    if (fields.event === "hello") this.#tries = 0;
    const told = JSON.parse(fields.data);
    this.#hear(fields.event, told);
    this.heard(fields.event, told);
  }

  #hear(kind, told) {
    this.#heardAt = Date.now();
    this.tell("live", { kind, told });
  }
}
