/**
 * What a person sent and the store has not confirmed yet. It survives a reload, goes out in order and once even with
 * several tabs open, and again when the network or the service is back, always under the id it was first sent with.
 * What an answer or a refusal means is not decided here, but in chat/turns.js.
 *
 * @typedef {{conversationId: string, clientMessageId: string, event: object, shown: string, at: number, place: number, failure: string|null}} Entry
 */

import { locked } from "./elsewhere.js";
import { Shelf } from "./storage.js";

/** The outbox of one visitor, and who carries it away. */
export class Delivery {
  #busy = new Set();
  #waits = new Map();
  #isStopped = false;

  /** @param {string} identity @param {(entry: Entry) => Promise<void>} send rejects with a ChatError @param {() => void} changed */
  constructor(identity, send, changed) {
    this.shelf = new Shelf(
      "localStorage",
      `outbox.${identity}`,
      (one) => one.conversationId && one.clientMessageId && one.event.type && one.at,
    );
    this.send = send;
    this.changed = changed;
  }

  /** @returns {Entry[]} in the order in which they were written, whatever the clock said then */
  unsent(conversationId) {
    const kept = this.shelf.all().filter((one) => one.conversationId === conversationId);
    return kept.sort((a, b) => (a.place ?? 0) - (b.place ?? 0) || a.at - b.at);
  }

  /** @param {Omit<Entry, "at"|"place"|"failure">} entry */
  add(entry) {
    const place = Math.max(0, ...this.unsent(entry.conversationId).map((one) => one.place ?? 0)) + 1;
    this.shelf.set(entry.clientMessageId, { ...entry, at: Date.now(), place, failure: null });
    this.flush(entry.conversationId);
  }

  retry(clientMessageId) {
    const entry = this.#mark(clientMessageId, null);
    if (entry) this.flush(entry.conversationId);
  }

  /** Whether it has to wait for the network, the service or a sign-in. */
  isWaiting(conversationId) {
    return this.#waits.has(conversationId);
  }

  flushAll() {
    new Set(this.shelf.all().map((one) => one.conversationId)).forEach((id) => this.flush(id));
  }

  async flush(id) {
    if (this.#busy.has(id) || this.#isStopped) return;
    const { tries = 0, timer } = this.#waits.get(id) ?? {};
    clearTimeout(timer);
    this.#waits.delete(id);
    this.#busy.add(id);
    const drain = () => this.#drain(id);
    try {
      await locked(id, drain); // without a lock a repeat is harmless, as it has the same id
    } catch (error) {
      this.#wait(id, error, tries + 1);
    }
    this.#busy.delete(id);
    this.changed();
  }

  stop() {
    this.#isStopped = true;
    this.#waits.forEach(({ timer }) => clearTimeout(timer));
  }

  async #drain(id) {
    for (;;) {
      const entry = this.unsent(id).find((one) => !one.failure);
      if (!entry || this.#isStopped) return;
      try {
        await this.send(entry);
      } catch (error) {
        if (error.isTransient || error.isAuth) throw error;
        this.#mark(entry.clientMessageId, error.code ?? "internal"); // refused for good: the others do not wait for it
      }
    }
  }

  #mark(clientMessageId, failure) {
    const entry = this.shelf.get(clientMessageId);
    if (entry) this.shelf.set(clientMessageId, { ...entry, failure });
    return entry;
  }

  #wait(id, error, tries) {
    if (this.#isStopped) return;
    const seconds = error.retryAfter ?? Math.min(30, 2 ** tries);
    this.#waits.set(id, { tries, timer: error.isTransient && setTimeout(() => this.flush(id), seconds * 1000) });
  }
}
