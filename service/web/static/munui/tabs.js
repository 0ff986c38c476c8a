/**
 * Tells the other tabs of a member what an answer said, so that their lists and badges agree without asking again.
 * Guests need none of it: their tabs share one storage.
 */

/** The tabs of one element. */
export class Tabs {
  #channel = null;
  #identity = null;

  /** @param {string} base of the service @param {(kind: string, answer: object) => void} heard @param {(identity: string) => void} changed another member signed in */
  constructor(base, heard, changed) {
    if (!globalThis.BroadcastChannel) return;
    this.#channel = new BroadcastChannel(`munui ${base}`);
    this.#channel.onmessage = ({ data }) => {
      if (!this.#identity || !data) return;
      if (data.identity === this.#identity) heard(data.kind, data.answer);
      else if (data.kind === "cookie") changed(data.identity);
    };
  }

  /** @param {string|null} identity null: a guest, who neither speaks nor listens */
  join(identity) {
    this.#identity = identity;
  }

  /** @param {"opened"|"turn"|"read"|"cookie"} kind @param {object|null} answer */
  tell(kind, answer) {
    if (this.#identity) this.#channel?.postMessage({ identity: this.#identity, kind, answer });
  }

  close() {
    this.#channel?.close();
  }
}
