/**
 * Sends what is in the outbox: in order, one at a time for each conversation, once even with several tabs open, and again
 * when the network or the service is back.
 * Belongs here: when to send and when to try again. Not here: what an answer or a refusal means (chat.js).
 */

import { isAuth, isTransient } from "./errors.js";

const FIRST_WAIT = 2;
const LAST_WAIT = 30;

/** The carrier of one visitor's outbox. */
export class Delivery {
  #outbox;
  #send;
  #changed;
  #busy = new Set();
  #waits = new Map();
  #isStopped = false;

  /**
   * @param {import("./outbox.js").Outbox} outbox
   * @param {(entry: object) => Promise<void>} send rejects with a ChatError
   * @param {() => void} changed
   */
  constructor(outbox, send, changed) {
    this.#outbox = outbox;
    this.#send = send;
    this.#changed = changed;
  }

  /** @param {string} conversationId @returns {{until: number|null, code: string}|null} why and until when it waits */
  waitOf(conversationId) {
    return this.#waits.get(conversationId) ?? null;
  }

  /** @param {string} conversationId */
  isBusy(conversationId) {
    return this.#busy.has(conversationId);
  }

  /** Everything that waits, now: the network is back, or somebody signed in. */
  flushAll() {
    new Set(this.#outbox.all().map((entry) => entry.conversationId)).forEach((id) => this.flush(id));
  }

  /** @param {string} conversationId */
  async flush(conversationId) {
    if (this.#busy.has(conversationId) || this.#isStopped) return;
    const tries = this.#waits.get(conversationId)?.tries ?? 0;
    clearTimeout(this.#waits.get(conversationId)?.timer);
    this.#waits.delete(conversationId);
    this.#busy.add(conversationId);
    try {
      await alone(`munui.${conversationId}`, () => this.#drain(conversationId));
    } catch (error) {
      if (!this.#isStopped) this.#wait(conversationId, error, tries + 1);
    } finally {
      this.#busy.delete(conversationId);
      this.#changed();
    }
  }

  stop() {
    this.#isStopped = true;
    this.#waits.forEach(({ timer }) => clearTimeout(timer));
  }

  async #drain(conversationId) {
    for (;;) {
      const entry = this.#outbox.all(conversationId).find((one) => !one.failure);
      if (!entry || this.#isStopped) return;
      try {
        await this.#send(entry);
      } catch (error) {
        if (isTransient(error) || isAuth(error)) throw error;
        // Refused for good: the others do not wait for it.
        if (this.#outbox.get(entry.clientMessageId)) this.#outbox.mark(entry.clientMessageId, error.code ?? "internal");
      }
    }
  }

  #wait(conversationId, error, tries) {
    const wait = { code: error.code ?? "internal", until: null, timer: null, tries };
    if (isTransient(error) && navigator.onLine !== false) {
      const seconds = error.retryAfter ?? Math.min(LAST_WAIT, FIRST_WAIT ** tries);
      wait.until = Date.now() + seconds * 1000;
      wait.timer = setTimeout(() => this.flush(conversationId), seconds * 1000);
    }
    this.#waits.set(conversationId, wait);
  }
}

/** Locks exist on https only; without them a repeat is harmless, as it has the same id. */
const alone = (name, task) => (navigator.locks ? navigator.locks.request(name, task) : task());
