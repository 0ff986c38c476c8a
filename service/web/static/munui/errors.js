/**
 * One kind of error for both stores, with the stable codes of the API.
 * Belongs here: the error and what follows from its code alone. Not here: sentences for people (texts.js).
 */

/** A refusal. `errors` are `{field, message}`; `retryAfter` is in seconds. */
export class ChatError extends Error {
  /** @param {string} code @param {{status?: number, detail?: string, errors?: {field: string, message: string}[], retryAfter?: number, requestId?: string}} [more] */
  constructor(code, more = {}) {
    super(more.detail || code);
    this.code = code;
    this.status = more.status ?? 0;
    this.errors = more.errors ?? [];
    this.retryAfter = more.retryAfter ?? null;
    this.requestId = more.requestId ?? null;
  }
}

const TRANSIENT = new Set(["network", "rate_limited", "upstream_unavailable"]);

/** @param {{code: string}} error @returns {boolean} whether sending the same again later may succeed by itself */
export const isTransient = (error) => TRANSIENT.has(error.code);

/** @param {{code: string}} error @returns {boolean} whether the person has to sign in again */
export const isAuth = (error) => error.code === "unauthenticated" || error.code === "token_expired";
