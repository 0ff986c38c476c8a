/** How the service is asked: with the cookie of this browser, one request at a time. Which calls there are is the callers' business. */

const ROOT = "/api/v1/inbox";
const PATIENCE = 20_000;
/** What changes something of a conversation. */
const WRITES = ["POST", "PATCH"];
const CONVERSATION = /^\/conversations\/([^/]+)/;

/** A request that was refused, or not answered (`network`). Beside its code it has what the service said of it. */
export class Problem extends Error {
  /** @param {string} code @param {number} status 0 where nobody answered @param {object} told the problem's other fields */
  constructor(code, status, told = {}) {
    super(told.detail ?? code);
    Object.assign(this, told, { code, status });
  }

  /** Whether the same request may succeed a little later. */
  get mayPass() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/**
 * Dispatches `session` when the sign-in or the right to be here is over or is back, `reach` when the service is out of reach or
 * is back, `written` with the id of a conversation when nothing is being done to it any more.
 */
export class Api extends EventTarget {
  isSignedOut = false;
  isReachable = true;
  /** Whether this is no operator any more. */
  isRefused = false;
  /** Whether this page has ended the session itself, and is on its way to where it goes. */
  isGoing = false;
  /** How many requests are under way, by the id of the conversation that they change. @type {Map<string, number>} */
  #writing = new Map();
  /** How often the network went, and how often the session of this browser was ended by another tab. */
  #cuts = 0;
  #ends = 0;

  /** @param {string} locale in which refusals are told @param {string} member who is here: nothing is asked as whoever has signed in since, in another tab */
  constructor(locale, member) {
    super();
    Object.assign(this, { locale, member });
    // That it is back is known when something was answered that was asked for after that.
    addEventListener("offline", () => {
      this.#cuts += 1;
      this.#note("isReachable", "reach", false);
    });
  }

  /** Whether something is being done to a conversation here: what is heard of it meanwhile may be just that. */
  isWriting(id) {
    return this.#writing.has(id);
  }

  /** @param {string} path below `/api/v1/inbox` @param {Record<string, string>} [query] @throws {Problem} */
  get(path, query = {}, options = {}) {
    const text = new URLSearchParams(
      Object.entries(query).filter(([, value]) => value != null && value !== ""),
    ).toString();
    return this.#ask("GET", text ? `${path}?${text}` : path, undefined, options);
  }

  /** @throws {Problem} */
  post(path, body = {}, options = {}) {
    return this.#ask("POST", path, body, options);
  }

  /** @throws {Problem} */
  put(path, body, options = {}) {
    return this.#ask("PUT", path, body, options);
  }

  /** @throws {Problem} */
  patch(path, body, options = {}) {
    return this.#ask("PATCH", path, body, options);
  }

  /** @throws {Problem} */
  delete(path, options = {}) {
    return this.#ask("DELETE", path, undefined, options);
  }

  /** The body of an event stream. @param {AbortSignal} signal ends it @returns {Promise<ReadableStream>} @throws {Problem} */
  async stream(path, signal) {
    const answer = await this.#fetch("GET", path, undefined, { signal });
    return answer.ok ? answer.body : this.#read(answer);
  }

  /** End the session of this browser. @throws {Problem} */
  async signOut() {
    const options = { method: "POST", redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
    const answer = await fetch("/sign-out", options).catch(() => null);
    if (answer?.type !== "opaqueredirect") throw new Problem(answer ? "internal" : "network", answer?.status ?? 0);
    this.isGoing = true;
    // Called back from where browsers keep pages.
    addEventListener("pageshow", () => (this.isGoing = false), { once: true });
  }

  /** The session of this browser is ended, by another tab. */
  leave() {
    this.#ends += 1;
    this.#note("isSignedOut", "session", true);
  }

  async #ask(method, path, body, options) {
    const [, id] = (WRITES.includes(method) && CONVERSATION.exec(path)) || [];
    if (id) this.#writing.set(id, (this.#writing.get(id) ?? 0) + 1);
    try {
      const limit = AbortSignal.timeout(PATIENCE);
      const ends = this.#ends;
      const answer = await this.#fetch(method, path, body, { ...options, limit });
      // What was asked for before the session was ended does not say that it goes on.
      return await this.#read(answer, ends === this.#ends ? options : { isOfAnybody: true });
    } finally {
      if (id) this.#written(id);
    }
  }

  #written(id) {
    const left = this.#writing.get(id) - 1;
    if (left) return void this.#writing.set(id, left);
    this.#writing.delete(id);
    // After whoever asked has taken the answer.
    setTimeout(() => this.dispatchEvent(new CustomEvent("written", { detail: id })));
    return undefined;
  }

  async #fetch(method, path, body, { signal, limit, keepalive = false, isOfAnybody = false }) {
    const headers = { "Accept-Language": this.locale, Accept: "application/json" };
    if (!isOfAnybody) headers["Munui-Member"] = this.member;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const cuts = this.#cuts;
    const asked = fetch(ROOT + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      keepalive,
      signal: AbortSignal.any([signal, limit].filter(Boolean)),
    });
    const answer = await asked.catch((error) => {
      // Called off by who asked: that says nothing of the service.
      if (signal?.aborted) throw error;
      return null;
    });
    if (!answer || cuts === this.#cuts) this.#note("isReachable", "reach", Boolean(answer));
    if (!answer) throw new Problem("network", 0);
    return answer;
  }

  async #read(answer, { isOfAnybody = false } = {}) {
    // Who else is signed in says nothing of who is here.
    if (answer.ok && !isOfAnybody) {
      this.#note("isRefused", "session", false);
      this.#note("isSignedOut", "session", false);
    }
    if (answer.status === 204) return null;
    const body = await answer.json().catch(() => null);
    if (answer.ok && body) return body;
    if (answer.status === 401) this.#note("isSignedOut", "session", true);
    if (body?.code === "not_an_operator" && !isOfAnybody) this.#note("isRefused", "session", true);
    // A proxy in between says no code.
    const code = body?.code ?? (answer.status > 500 ? "upstream_unavailable" : "internal");
    throw new Problem(code, answer.status, { ...body, retryAfter: Number(answer.headers.get("Retry-After")) || null });
  }

  #note(field, event, value) {
    if (this[field] === value) return;
    this[field] = value;
    this.dispatchEvent(new Event(event));
  }
}
