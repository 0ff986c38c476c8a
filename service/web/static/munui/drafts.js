/**
 * What is typed and not sent yet, by conversation. It lives as long as the tab: it survives a reload and a way through a
 * sign-in page, and is not left behind on a shared computer.
 */

import { PREFIX, SafeStorage } from "./storage.js";

/** The key of what is typed for a conversation that does not exist yet. */
export const NEXT = "next";

/** Drafts of one visitor. */
export class Drafts {
  #storage = new SafeStorage("sessionStorage");
  #prefix;

  /** @param {string} identity */
  constructor(identity) {
    this.#prefix = `${PREFIX}draft.${identity}.`;
  }

  /** @param {string} key of a conversation, or of a form in it @returns {any} "" where there is none */
  get(key) {
    return this.#storage.get(this.#prefix + key) ?? "";
  }

  /** @param {string} key @param {any} value "" forgets it */
  set(key, value) {
    if (value === "") this.#storage.remove(this.#prefix + key);
    else this.#storage.set(this.#prefix + key, value);
  }

  clear() {
    this.#storage.keys(this.#prefix).forEach((key) => this.#storage.remove(key));
  }
}
