/** Who asks the service and how: identity, tokens, one request at a time. Which paths there are is the stores' business. */

import { ChatError, refuse } from "./errors.js";

/** A guest, a member whose token the host page gives, or a member of the app's own cookie session. */
export class Session {
  mode = "guest";
  id = "guest";
  /** Tokens are asked for each time and never kept: the host page has the newest. */
  getAccessToken = null;
  cookieMember = null;
  isSignedOut = false;
  /** Called when a token turns out to be somebody else's. */
  changed = () => {};
  #last = null;

  get isMember() {
    return this.mode !== "guest";
  }

  /** Find out anew who it is. */
  async identify() {
    const token = this.isSignedOut ? null : await this.#ask(false);
    const cookie = this.isSignedOut ? null : this.cookieMember;
    this.mode = token ? "token" : cookie ? "cookie" : "guest";
    this.id = token ? subjectOf(token) : cookie || "guest";
    this.#last = token;
  }

  /** @returns {Promise<string|null>} null where none is needed, or none newer than the expired one exists */
  async token(expired = false) {
    if (this.mode !== "token") return null;
    const before = this.#last;
    this.#last = await this.#ask(expired);
    if (!this.#last) refuse("unauthenticated", 401);
    if (subjectOf(this.#last) === this.id) return expired && this.#last === before ? null : this.#last;
    this.changed();
    return refuse("member_changed");
  }

  async #ask(expired) {
    try {
      return (await this.getAccessToken?.({ expired })) || null;
    } catch {
      return null; // the host page's own fault; to us nobody is signed in
    }
  }
}

/** Not verified: it only keeps the data of two members on one computer apart. */
function subjectOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub;
  } catch {
    return "member";
  }
}

/** Speaks to one service, as whoever the session says. */
export class Http {
  /** @param {string} base @param {() => string} locale @param {Session} session */
  constructor(base, locale, session) {
    Object.assign(this, { base, locale, session });
  }

  /**
   * @param {{body?: object, etag?: string, isOpen?: boolean, keepalive?: boolean}} [options] `isOpen`: needs no sign-in
   * @returns {Promise<any>} the body with its `etag`; null for 304 @throws {ChatError}
   */
  async request(method, path, options = {}) {
    const token = options.isOpen ? null : await this.session.token();
    const answer = await this.#once(method, path, options, token);
    const fresh = answer.status === 401 && token && (await this.session.token(true));
    return read(fresh ? await this.#once(method, path, options, fresh) : answer);
  }

  #once(method, path, { body, etag, isOpen, keepalive }, token) {
    const headers = { "Accept-Language": this.locale() };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    if (etag) headers["If-None-Match"] = etag;
    const credentials = this.session.mode === "cookie" && !isOpen ? "same-origin" : "omit";
    const signal = AbortSignal.timeout(20_000);
    return fetch(this.base + path, { method, headers, body: body && JSON.stringify(body), credentials, keepalive, signal, cache: isOpen ? "default" : "no-store" })
      .catch(() => refuse("network", 0));
  }
}

async function read(response) {
  const { status, headers } = response;
  if (status === 304) return null;
  const body = await response.json().catch(() => null);
  if (response.ok && body) return { ...body, etag: headers.get("ETag") };
  const code = body?.code ?? (status > 500 ? "upstream_unavailable" : "internal"); // a proxy in between has none
  throw new ChatError(code, { ...body, status, retryAfter: Number(headers.get("Retry-After")) || null });
}
