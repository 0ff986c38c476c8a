/** Conversations of a member: the service keeps them. LocalStore has the same methods, answers and errors. What else is asked of it stands in people/people-store.js. */

export const ROOT = "/api/v1/conversations";

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

  turn(id, { clientMessageId, event }) {
    return this.#http.request("POST", `${ROOT}/${id}/turns`, { body: { clientMessageId, event } });
  }

  /** @param {string} [upToMessageId] by default the last one */
  markRead(id, upToMessageId, keepalive = false) {
    return this.#http.request("PUT", `${ROOT}/${id}/read`, { body: { upToMessageId }, keepalive });
  }
}

function query(values) {
  const given = Object.entries(values).filter(([, value]) => value);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
