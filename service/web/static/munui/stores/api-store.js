/**
 * Conversations of a member: the service keeps them.
 * Belongs here: which call answers which question. Not here: headers (http.js), caches (cache-adapter.js).
 *
 * @typedef {object} Store the interface that LocalStore shares
 * @property {(page?: {cursor?: string}) => Promise<{conversations: object[], nextCursor: string|null}>} list
 * @property {(clientConversationId: string) => Promise<{conversation: object, messages: object[], replayed: boolean}>} open
 * @property {(id: string, page?: {before?: string, after?: string, etag?: string}) => Promise<object|null>} messages null: as the ETag says
 * @property {(id: string, turn: {clientMessageId: string, event: object}) => Promise<{conversation: object, messages: object[], updatedMessages: object[], replayed: boolean}>} turn
 * @property {(id: string, options?: {leaving?: boolean}) => Promise<{conversationId: string, lastReadAt: string, unreadCount: number}>} markRead
 * @property {() => Promise<object>} flow
 */

const CONVERSATIONS = "/api/v1/conversations";

/** @implements {Store} */
export class ApiStore {
  isLocal = false;
  #http;

  /** @param {import("../http.js").Http} http */
  constructor(http) {
    this.#http = http;
  }

  async list({ cursor } = {}) {
    return (await this.#http.request("GET", CONVERSATIONS + query({ cursor }))).body;
  }

  async open(clientConversationId) {
    return (await this.#http.request("POST", CONVERSATIONS, { body: { clientConversationId } })).body;
  }

  async messages(id, { before, after, etag } = {}) {
    const answer = await this.#http.request("GET", `${path(id)}/messages${query({ before, after })}`, { etag });
    return answer.body && { ...answer.body, etag: answer.etag };
  }

  async turn(id, { clientMessageId, event }) {
    return (await this.#http.request("POST", `${path(id)}/turns`, { body: { clientMessageId, event } })).body;
  }

  async markRead(id, { leaving = false } = {}) {
    return (await this.#http.request("PUT", `${path(id)}/read`, { body: {}, keepalive: leaving })).body;
  }

  async flow() {
    return (await this.#http.request("GET", "/api/v1/flow", { open: true })).body;
  }

  /** Takes over a guest's conversations. @param {object[]} conversations as `LocalStore.forImport` gives them */
  async importGuest(conversations) {
    return (await this.#http.request("POST", "/api/v1/import", { body: { conversations } })).body;
  }
}

const path = (id) => `${CONVERSATIONS}/${encodeURIComponent(id)}`;

function query(values) {
  const given = Object.entries(values).filter(([, value]) => value);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}
