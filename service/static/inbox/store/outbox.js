/**
 * Replies and notes that were written and are not confirmed yet. They survive a reload, go out in order and once even with
 * several tabs open, and again when the network, the service or the sign-in is back, always under the id they were first
 * sent with.
 *
 * Belongs here: keeping them and when they go. Does not belong here: texts that nobody has sent yet (`drafts.js`).
 *
 * @typedef {{id: string, conversationId: string, kind: "reply"|"note", content: string, seenRev: number|null, at: number, place: number, failure: string|null}} Entry
 *   `failure`: the code of a refusal; it goes again only when somebody says so
 */

import { locked } from "../../munui/elsewhere.js";
import { uuid4 } from "../../munui/ids.js";
import { Shelf } from "../../munui/storage.js";

/** Between two tries, in seconds. */
const LONGEST = 30;

/** Dispatches `change`, `sent` with `{entry, answer}`, and `refused` with the entry. */
export class Outbox extends EventTarget {
  #busy = new Set();
  #waits = new Map();

  /** @param {import("./api.js").Api} api @param {string} operatorId whose it is: another one in this browser has their own */
  constructor(api, operatorId) {
    super();
    this.api = api;
    this.operatorId = operatorId;
    this.shelf = new Shelf("localStorage", `inbox.outbox.${operatorId}`, (one) =>
      Boolean(one.id && one.conversationId && one.content && ["reply", "note"].includes(one.kind)),
    );
  }

  /** @returns {Entry[]} in the order in which they were written */
  unsent(conversationId) {
    const kept = this.shelf.all().filter((one) => one.conversationId === conversationId);
    return kept.sort((one, other) => one.place - other.place || one.at - other.at);
  }

  /** @param {{id: string, conversationId: string, kind: "reply"|"note", content: string, seenRev: number|null}} written */
  add(written) {
    const place = Math.max(0, ...this.unsent(written.conversationId).map((one) => one.place)) + 1;
    this.shelf.set(written.id, { ...written, at: Date.now(), place, failure: null });
    this.#changed();
    this.flush(written.conversationId);
  }

  /** Send again what was refused. @param {number} [seenRev] what has been seen since */
  retry(id, seenRev) {
    const entry = this.shelf.get(id);
    if (!entry) return;
    const again = { ...entry, failure: null, seenRev: seenRev ?? entry.seenRev };
    // Under this id something else was sent before, in another tab.
    if (entry.failure === "idempotency_conflict") again.id = uuid4();
    this.shelf.remove(id);
    this.shelf.set(again.id, again);
    this.#changed();
    this.flush(entry.conversationId);
  }

  /** Take it back. @returns {Entry|null} */
  take(id) {
    const entry = this.shelf.get(id);
    this.shelf.remove(id);
    this.#changed();
    return entry;
  }

  /** Whether it has to wait for the network, the service or a sign-in. */
  isWaiting(conversationId) {
    return this.#waits.has(conversationId);
  }

  flushAll() {
    new Set(this.shelf.all().map((one) => one.conversationId)).forEach((id) => this.flush(id));
  }

  async flush(conversationId) {
    if (this.#busy.has(conversationId)) return;
    const { tries = 0, timer } = this.#waits.get(conversationId) ?? {};
    clearTimeout(timer);
    this.#waits.delete(conversationId);
    this.#busy.add(conversationId);
    try {
      // Without locks a repeat is harmless, as it has the same id.
      await locked(`inbox outbox ${this.operatorId} ${conversationId}`, () => this.#drain(conversationId));
    } catch (error) {
      this.#wait(conversationId, error, tries + 1);
    }
    this.#busy.delete(conversationId);
    this.#changed();
  }

  /** Follow the other tabs, and come back with the network. */
  listen() {
    const again = () => this.flushAll();
    addEventListener("online", again);
    addEventListener("focus", again);
    addEventListener("storage", ({ key }) => key?.startsWith(this.shelf.prefix) && this.#changed());
    again();
  }

  async #drain(conversationId) {
    for (;;) {
      const entry = this.unsent(conversationId).find((one) => !one.failure);
      if (!entry) return;
      try {
        const answer = await this.#send(entry);
        this.dispatchEvent(new CustomEvent("sent", { detail: { entry, answer } }));
        this.shelf.remove(entry.id);
      } catch (error) {
        if (error.mayPass || error.status === 401) throw error; // with time, or with a sign-in
        // Who signed out meanwhile, in another tab, has left nothing here.
        if (!this.shelf.get(entry.id)) continue;
        this.shelf.set(entry.id, { ...entry, failure: error.code ?? "internal" });
        this.dispatchEvent(new CustomEvent("refused", { detail: entry }));
      }
      this.#changed();
    }
  }

  #send({ id, conversationId, kind, content, seenRev }) {
    const path = `/conversations/${conversationId}`;
    if (kind === "note") return this.api.post(`${path}/notes`, { clientNoteId: id, content });
    return this.api.post(`${path}/messages`, { clientMessageId: id, content, seenRev });
  }

  #wait(conversationId, error, tries) {
    const seconds = error.retryAfter ?? Math.min(LONGEST, 2 ** tries);
    this.#waits.set(conversationId, { tries, timer: setTimeout(() => this.flush(conversationId), seconds * 1000) });
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
