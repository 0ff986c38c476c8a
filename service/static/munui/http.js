/** How the service is asked, one request at a time. Who asks stands in session.js, which paths there are is the stores' business. */

import { ChatError, refuse } from "./errors.js";

/** Speaks to one service, as whoever the session says. */
export class Http {
  /** Whether the last request was answered, by whomever. */
  isReachable = true;
  /** Why this page may not ask at all; then it is not asked again. @type {ChatError|null} */
  #barred = null;

  /** @param {string} base @param {() => string} locale @param {import("./session.js").Session} session */
  constructor(base, locale, session) {
    Object.assign(this, { base, locale, session });
  }

  /**
   * @param {{body?: object, etag?: string, isOpen?: boolean, keepalive?: boolean}} [options] `isOpen`: needs no sign-in;
   *   `keepalive`: the page may be gone in a moment, so the last token has to do
   * @returns {Promise<any>} the body with its `etag`; null for 304 @throws {ChatError}
   */
  async request(method, path, options = {}) {
    return this.#read(await this.#answer(method, path, options));
  }

  /** @param {AbortSignal} signal ends it @returns {Promise<ReadableStream>} of an event stream @throws {ChatError} */
  async stream(path, signal) {
    const answer = await this.#answer("GET", path, { signal });
    return answer.ok ? answer.body : this.#read(answer);
  }

  /** The same service, asked by somebody else. @param {{mode: string, token: () => Promise<string>}} session */
  as(session) {
    return new Http(this.base, this.locale, session);
  }

  /** Finds out whether the service is there, whatever the browser believes. Nobody has to be allowed for that. */
  async probe() {
    const asked = fetch(`${this.base}/healthz`, { mode: "no-cors", credentials: "omit", cache: "no-store" });
    this.isReachable = await asked.then(
      () => true,
      () => false,
    );
  }

  async #answer(method, path, options) {
    const { isOpen, keepalive } = options;
    if (this.#barred) throw this.#barred;
    const token = isOpen ? null : keepalive ? this.session.last : await this.session.token();
    const answer = await this.#once(method, path, options, token);
    const fresh = answer.status === 401 && token && (await this.session.token(true));
    return fresh ? this.#once(method, path, options, fresh) : answer;
  }

  async #once(method, path, { body, etag, isOpen, keepalive, signal = AbortSignal.timeout(20_000) }, token) {
    const headers = { "Accept-Language": this.locale() };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    if (etag) headers["If-None-Match"] = etag;
    const credentials = this.session.mode === "cookie" && !isOpen ? "same-origin" : "omit";
    // Another tab may have signed in as somebody else: nothing is asked as them.
    if (credentials === "same-origin") headers["Munui-Member"] = this.session.id;
    const asked = fetch(this.base + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials,
      keepalive,
      signal,
      cache: isOpen ? "default" : "no-store",
    });
    const answer = await asked.catch(() => null);
    this.isReachable = Boolean(answer);
    return answer ?? refuse("network", 0);
  }

  async #read(response) {
    const { status, headers } = response;
    if (status === 304 || status === 204) return null;
    const body = await response.json().catch(() => null);
    if (response.ok && body) return { ...body, etag: headers.get("ETag") };
    const code = body?.code ?? (status > 500 ? "upstream_unavailable" : "internal"); // a proxy in between has none
    const error = new ChatError(code, { ...body, status, retryAfter: Number(headers.get("Retry-After")) || null });
    if (code === "origin_not_allowed") this.#barred = error;
    throw error;
  }
}
