/**
 * Who is here: a guest, a guest with an account that has no name, a member whose token the host page gives, or a member of
 * the app's own cookie session.
 */

import { ChatError, refuse } from "./errors.js";

/** How long the host page may take to give a token, in milliseconds. */
const PATIENCE = 5000;
/** How long attributes may be together, in bytes. */
const MOST = 7000;

/** One visitor's identity and tokens. */
export class Session {
  mode = "guest";
  id = "guest";
  /** Asked each time: the host page has the newest token. */
  getAccessToken = null;
  cookieMember = null;
  isSignedOut = false;
  /** Called when a token turns out to be somebody else's, or comes late. */
  changed = () => {};
  /** The account of a guest who wanted a person. @type {import("./guest-session.js").GuestSession} */
  guest = null;
  /** Called with what the host page did wrong. */
  blamed = () => {};
  /** The last token, for who leaves the page and cannot wait for a newer one. @type {string|null} */
  last = null;
  /** What the host page says of them; null takes away what it said before. @type {Record<string, string|number|boolean|null>} */
  attributes = {};
  #late = null;
  #asked = null;

  /** Whether the service keeps their conversations. */
  get isMember() {
    return this.mode !== "guest";
  }

  /** Whether they said who they are. */
  get isSignedIn() {
    return this.isMember && this.mode !== "visit";
  }

  /** @param {Record<string, string|number|boolean|null>} attributes added to those of before @throws {TypeError} in words for the page's developer */
  describe(attributes) {
    const all = { ...this.attributes, ...attributes };
    const wrong = Object.keys(all).find((name) => !/^.{1,100}$/su.test(name) || !isPlain(all[name]));
    if (Object.prototype.toString.call(attributes) !== "[object Object]" || wrong !== undefined)
      throw new TypeError(`setAttributes takes texts, numbers, booleans and null: ${wrong ?? attributes}`);
    // As the service counts, which keeps it with spaces, and takes the page's address along.
    if (new TextEncoder().encode(JSON.stringify(all, null, 1)).length > MOST)
      throw new TypeError(`setAttributes takes at most ${MOST} bytes`);
    this.attributes = all;
  }

  /** Find out anew who it is. While the host page cannot say, a guest. Where that is asked again meanwhile, what is said then counts. */
  async identify() {
    const asked = this.isSignedOut ? null : this.#ask(false).catch(() => null);
    this.#asked = asked;
    const given = await asked;
    if (asked !== this.#asked) return this.#asked;
    // They may have signed out meanwhile.
    const [token, cookie] = this.isSignedOut ? [] : [given, this.cookieMember];
    if (!token && !cookie) return this.visit();
    this.mode = token ? "token" : "cookie";
    this.id = token ? subjectOf(token) : cookie;
    this.last = token;
    return undefined;
  }

  /** A guest from now on: with the account that they have, or without one. */
  visit() {
    const { last = null, id } = this.guest ?? {};
    this.mode = last ? "visit" : "guest";
    this.id = id ?? "guest";
    this.last = last;
  }

  /** @returns {Promise<string|null>} null where none is needed, or none newer than the expired one exists */
  async token(expired = false) {
    const isVisit = this.mode === "visit";
    if (this.mode !== "token" && !isVisit) return null;
    const before = this.last;
    const token = await (isVisit ? this.guest.token(expired).catch((error) => this.#left(error)) : this.#ask(expired));
    this.last = token;
    if (!token) refuse("unauthenticated", 401);
    if (subjectOf(token) === this.id) return expired && token === before ? null : token;
    this.changed();
    return refuse("member_changed");
  }

  /** @throws {ChatError} token_unavailable where the page does not answer in time */
  async #ask(expired) {
    const { getAccessToken } = this;
    const late = this.#late;
    this.#late = null;
    if (!getAccessToken || (late && !expired)) return late;
    const asked = (async () => getAccessToken({ expired }))();
    const tired = unavailable(`gave nothing within ${PATIENCE / 1000} s`);
    let timer;
    const limit = new Promise((_, reject) => {
      timer = setTimeout(reject, PATIENCE, tired);
    });
    try {
      return textOf(await Promise.race([asked, limit]));
    } catch (error) {
      this.blamed(error === tired ? tired : unavailable("failed", error));
      if (error !== tired) return null; // to us nobody is signed in
      asked.then(
        (token) => this.#cameLate(token, getAccessToken),
        () => {},
      );
      throw tired;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Not so much as this account is there any more, or only the service is not. */
  #left(error) {
    if (!this.guest.last) this.changed();
    throw error;
  }

  #cameLate(token, callback) {
    if (!token || callback !== this.getAccessToken || this.isSignedOut) return;
    this.#late = token;
    if (!this.isSignedIn) this.changed();
  }
}

const isPlain = (value) => value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);

const unavailable = (what, cause) =>
  new ChatError("token_unavailable", { detail: `getAccessToken of this page ${what}`, cause });

function textOf(token) {
  if (token && typeof token !== "string") throw new TypeError("An access token is a string");
  return token || null;
}

/** Not verified: it only keeps the data of two members on one computer apart. */
export function subjectOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub;
  } catch {
    return "member";
  }
}
