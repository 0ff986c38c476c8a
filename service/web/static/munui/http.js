/**
 * One request to the service: headers in, JSON or a ChatError out.
 * Belongs here: tokens on requests, problem+json, Retry-After, ETag. Not here: paths (the stores) and repeats (chat.js).
 */

import { ChatError } from "./errors.js";

const TIMEOUT = 20_000;

/** Speaks to one service in one language, as whoever the session says. */
export class Http {
  /** @param {{base: string, locale: () => string, session: {mode: string, token: (fresh?: boolean) => Promise<string|null>}}} options */
  constructor({ base, locale, session }) {
    Object.assign(this, { base, locale, session });
  }

  /**
   * @param {string} method @param {string} path
   * @param {{body?: object, etag?: string|null, open?: boolean, keepalive?: boolean}} [options] `open`: needs no sign-in
   * @returns {Promise<{status: number, body: any, etag: string|null}>} a status of 304 has no body
   * @throws {ChatError}
   */
  async request(method, path, options = {}) {
    const token = options.open ? null : await this.session.token();
    const answer = await this.#once(method, path, options, token);
    if (answer.status !== 401 || options.open || this.session.mode !== "token") return read(answer);
    const fresh = await this.session.token(true); // the token ran out: the host page may have a newer one
    return read(fresh ? await this.#once(method, path, options, fresh) : answer);
  }

  async #once(method, path, { body, etag, keepalive = false, open = false }, token) {
    const headers = { Accept: "application/json", "Accept-Language": this.locale() };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    if (etag) headers["If-None-Match"] = etag;
    try {
      return await fetch(this.base + path, {
        method, headers, keepalive,
        body: body && JSON.stringify(body),
        credentials: !open && this.session.mode === "cookie" ? "same-origin" : "omit",
        cache: open ? "default" : "no-store",
        signal: AbortSignal.timeout(TIMEOUT),
      });
    } catch {
      throw new ChatError("network");
    }
  }
}

async function read(response) {
  const etag = response.headers.get("ETag");
  if (response.status === 304) return { status: 304, body: null, etag };
  const body = await response.json().catch(() => null);
  if (response.ok && body) return { status: response.status, body, etag };
  throw problem(response, body);
}

function problem(response, body) {
  const { status } = response;
  const retryAfter = Number(response.headers.get("Retry-After")) || (status === 429 || status === 503 ? 2 : null);
  // A proxy in between answers without a code of ours.
  const code = body?.code ?? { 401: "unauthenticated", 403: "origin_not_allowed", 404: "not_found", 413: "payload_too_large", 429: "rate_limited", 502: "upstream_unavailable", 503: "upstream_unavailable", 504: "upstream_unavailable" }[status] ?? "internal";
  return new ChatError(code, { status, detail: body?.detail, errors: body?.errors, requestId: body?.requestId, retryAfter });
}
