/** Who is here: a guest, a member whose token the host page gives, or a member of the app's own cookie session. */

import { ChatError, refuse } from "./errors.js";

/** How long the host page may take to give a token, in milliseconds. */
const PATIENCE = 5000;

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
  /** Called with what the host page did wrong. */
  blamed = () => {};
  /** The last token, for who leaves the page and cannot wait for a newer one. @type {string|null} */
  last = null;
  #late = null;

  get isMember() {
    return this.mode !== "guest";
  }

  /** Find out anew who it is. While the host page cannot say, a guest. */
  async identify() {
    const token = this.isSignedOut ? null : await this.#ask(false).catch(() => null);
    const cookie = this.isSignedOut ? null : this.cookieMember;
    this.mode = token ? "token" : cookie ? "cookie" : "guest";
    this.id = token ? subjectOf(token) : cookie || "guest";
    this.last = token;
  }

  /** @returns {Promise<string|null>} null where none is needed, or none newer than the expired one exists */
  async token(expired = false) {
    if (this.mode !== "token") return null;
    const before = this.last;
    const token = await this.#ask(expired);
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

  #cameLate(token, callback) {
    if (!token || callback !== this.getAccessToken || this.isSignedOut) return;
    this.#late = token;
    if (!this.isMember) this.changed();
  }
}

const unavailable = (what, cause) =>
  new ChatError("token_unavailable", { detail: `getAccessToken, which this page defines, ${what}`, cause });

function textOf(token) {
  if (token && typeof token !== "string") throw new TypeError("An access token is a string");
  return token || null;
}

/** Not verified: it only keeps the data of two members on one computer apart. */
function subjectOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub;
  } catch {
    return "member";
  }
}
