/**
 * The account without a name that a guest gets who wants a person: its tokens, kept in this browser, renewed once for all
 * its tabs. Who is here altogether stands in session.js; how it begins, and what becomes of the guest's conversations, in
 * people/moving.js.
 */

import { locked } from "./elsewhere.js";
import { refuse } from "./errors.js";
import { subjectOf } from "./session.js";
import { Shelf } from "./storage.js";

const REFRESH = "/api/v1/guest-sessions/refresh";
/** A token that ends within so many milliseconds is renewed first. */
const MARGIN = 30_000;

/** Stands in for a session where a call is made as this guest, whoever else is here. */
export class GuestSession {
  mode = "token";
  #shelf = new Shelf("localStorage", "visit", ({ accessToken, refreshToken }) => accessToken && refreshToken);

  /** @param {import("./http.js").Http} http whose service it is; another service has another session */
  constructor(http) {
    this.http = http;
  }

  /** @returns {{accessToken: string, refreshToken: string, expiresAt: string, wants: object[]}|null} `wants`: by what a person is still to be asked for: `{id}` of a conversation of this browser, and the `{clientMessageId, event}` that asked */
  get kept() {
    return this.#shelf.get(this.http.base);
  }

  get id() {
    const { kept } = this;
    return kept && subjectOf(kept.accessToken);
  }

  /** For who leaves the page and cannot wait for a newer one. */
  get last() {
    return this.kept?.accessToken ?? null;
  }

  /** Where it is kept in the browser. */
  get key() {
    return this.#shelf.prefix + this.http.base;
  }

  note(kept) {
    this.#shelf.set(this.http.base, kept);
  }

  /** @returns {Promise<string>} a token that holds @throws {import("./errors.js").ChatError} unauthenticated where the session has ended */
  async token(isExpired = false) {
    const { accessToken: before, expiresAt } = this.kept ?? refuse("unauthenticated", 401);
    if (!isExpired && new Date(expiresAt) - Date.now() > MARGIN) return before;
    return locked("visit", () => this.#renewed(before));
  }

  end() {
    this.#shelf.remove(this.http.base);
  }

  async #renewed(before) {
    const { accessToken, refreshToken } = this.kept ?? refuse("unauthenticated", 401);
    if (accessToken !== before) return accessToken; // another tab was here first
    try {
      const renewed = await this.http.request("POST", REFRESH, { isOpen: true, body: { refreshToken } });
      this.note({ ...this.kept, ...renewed }); // what was wanted may have been asked for meanwhile
      return renewed.accessToken;
    } catch (error) {
      if (error.isAuth) this.end();
      throw error;
    }
  }
}
