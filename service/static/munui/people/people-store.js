/** What the service is asked besides a bot's conversation. @see ApiStore */

import { ApiStore, ROOT } from "../stores/api-store.js";

export class PeopleStore extends ApiStore {
  #http;

  /** @param {import("../http.js").Http} http */
  constructor(http) {
    super(http);
    this.#http = http;
  }

  /** What changed after this `rev`, in the order of its changes. @param {number} rev */
  changes(id, rev) {
    return this.#http.request("GET", `${ROOT}/${id}/messages?changedAfter=${rev}`);
  }

  /** A person is wanted; or, with `DELETE`, the bot after all. @param {"POST"|"DELETE"} [method] */
  handover(id, method = "POST") {
    return this.#http.request(method, `${ROOT}/${id}/handover`, { body: {} });
  }

  /** @param {{score: number, comment?: string}} rating */
  rate(id, rating) {
    return this.#http.request("PUT", `${ROOT}/${id}/rating`, { body: rating });
  }

  type(id, isTyping, keepalive = false) {
    return this.#http.request("PUT", `${ROOT}/${id}/typing`, { body: { isTyping }, keepalive });
  }

  /** When somebody answers. @returns {Promise<{isOnline: boolean, opensAt: string|null, expectedReplySeconds: number|null}>} */
  team() {
    return this.#http.request("GET", "/api/v1/team");
  }

  /** What the visitor's page says of them. @param {{pageUrl: string, locale: string}} contact */
  contact(contact) {
    return this.#http.request("PUT", "/api/v1/me/contact", { body: contact });
  }

  /** @param {object[]} conversations a portion of `portionsOf` */
  importGuest(conversations) {
    return this.#http.request("POST", "/api/v1/import", { body: { conversations } });
  }

  /** What a guest had becomes this member's. @param {string} guestAccessToken */
  claim(guestAccessToken) {
    return this.#http.request("POST", "/api/v1/guest-sessions/claim", { body: { guestAccessToken } });
  }
}
