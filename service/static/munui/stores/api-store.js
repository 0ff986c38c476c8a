/** Conversations of a member: the service keeps them. LocalStore has the same methods, answers and errors. */

const ROOT = "/api/v1/conversations";

export class ApiStore {
  #http;

  /** @param {import("../http.js").Http} http */
  constructor(http) {
    this.#http = http;
  }

  list(cursor) {
    return this.#http.request("GET", ROOT + query({ cursor }));
  }

  open(clientConversationId) {
    return this.#http.request("POST", ROOT, { body: { clientConversationId } });
  }

  /** @param {{before?: string, after?: string, etag?: string}} [page] @returns {Promise<object|null>} null: nothing new since `etag` */
  messages(id, { before, after, etag } = {}) {
    return this.#http.request("GET", `${ROOT}/${id}/messages${query({ before, after })}`, { etag });
  }

  /** What changed after this `rev`, in the order of its changes. @param {number} rev */
  changes(id, rev) {
    return this.#http.request("GET", `${ROOT}/${id}/messages?changedAfter=${rev}`);
  }

  turn(id, { clientMessageId, event }) {
    return this.#http.request("POST", `${ROOT}/${id}/turns`, { body: { clientMessageId, event } });
  }

  /** @param {string} [upToMessageId] by default the last one */
  markRead(id, upToMessageId, keepalive = false) {
    return this.#http.request("PUT", `${ROOT}/${id}/read`, { body: { upToMessageId }, keepalive });
  }

  /** A person is wanted; or, with `DELETE`, the bot after all. @param {"POST"|"DELETE"} [method] */
  handover(id, method = "POST") {
    return this.#http.request(method, `${ROOT}/${id}/handover`, { body: {} });
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

  flow() {
    return this.#http.request("GET", "/api/v1/flow", { isOpen: true });
  }

  /** @param {object[]} conversations as `LocalStore.forImport` gives them */
  importGuest(conversations) {
    return this.#http.request("POST", "/api/v1/import", { body: { conversations } });
  }

  /** What a guest had becomes this member's. @param {string} guestAccessToken */
  claim(guestAccessToken) {
    return this.#http.request("POST", "/api/v1/guest-sessions/claim", { body: { guestAccessToken } });
  }
}

function query(values) {
  const given = Object.entries(values).filter(([, value]) => value);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
