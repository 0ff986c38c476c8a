/**
 * What a person sent and the store has not confirmed yet. Kept in the browser, so that it survives a reload, and under
 * the id it was first sent with, so that it is never there twice.
 * Belongs here: keeping and ordering. Not here: sending (delivery.js).
 *
 * @typedef {{conversationId: string, clientMessageId: string, event: object, shown: string, at: number, failure: string|null}} Entry
 */

import { PREFIX } from "./storage.js";

/** The unsent events of one visitor; one key each, so that two tabs do not overwrite each other. */
export class Outbox {
  #storage;
  #prefix;
  #last = 0;

  /** @param {import("./storage.js").SafeStorage} storage @param {string} identity */
  constructor(storage, identity) {
    this.#storage = storage;
    this.#prefix = `${PREFIX}outbox.${identity}.`;
  }

  /** @param {string} [conversationId] @returns {Entry[]} oldest first */
  all(conversationId) {
    return this.#storage.keys(this.#prefix)
      .map((key) => this.#storage.get(key, isEntry))
      .filter((entry) => entry && (!conversationId || entry.conversationId === conversationId))
      .sort((a, b) => a.at - b.at);
  }

  /** @param {string} clientMessageId @returns {Entry|null} */
  get(clientMessageId) {
    return this.#storage.get(this.#prefix + clientMessageId, isEntry);
  }

  /** @param {Omit<Entry, "at"|"failure">} entry */
  add(entry) {
    this.#last = Math.max(this.#last + 1, Date.now());
    this.#put({ ...entry, at: this.#last, failure: null });
  }

  /** @param {string} clientMessageId @param {string|null} failure the code, or null to try again */
  mark(clientMessageId, failure) {
    const entry = this.get(clientMessageId);
    if (entry) this.#put({ ...entry, failure });
  }

  /** @param {string} clientMessageId */
  remove(clientMessageId) {
    this.#storage.remove(this.#prefix + clientMessageId);
  }

  /** @param {string|null} key of a storage event @returns {boolean} whether it is one of these */
  owns(key) {
    return Boolean(key?.startsWith(this.#prefix));
  }

  clear() {
    this.#storage.keys(this.#prefix).forEach((key) => this.#storage.remove(key));
  }

  #put(entry) {
    this.#storage.set(this.#prefix + entry.clientMessageId, entry);
  }
}

const isEntry = (value) => Boolean(value?.event?.type && value.conversationId && value.clientMessageId && Number.isFinite(value.at) && typeof value.shown === "string");
