/**
 * Who the visitor is: a guest, a member whose token the host page gives, or a member of the app's own cookie session.
 * Belongs here: identity and tokens. Not here: requests (http.js), what is shown to whom (chat.js).
 */

import { ChatError } from "./errors.js";

export const GUEST = "guest";

/** The identity of one element. Tokens are asked for each time and never kept: the host page knows the newest one. */
export class Session {
  /** @type {"guest"|"token"|"cookie"} */
  mode = GUEST;
  id = GUEST;
  /** @type {null|((options: {expired: boolean}) => Promise<string|null>|string|null)} */
  getAccessToken = null;
  /** The member of the cookie session, as the page that was served says. @type {string|null} */
  cookieMember = null;
  isSignedOut = false;
  /** Called when a token turns out to be somebody else's. */
  changed = () => {};
  #last = null;

  get isMember() {
    return this.mode !== GUEST;
  }

  /** Find out anew who it is. */
  async identify() {
    const token = this.isSignedOut ? null : await this.#ask(false);
    this.#last = token;
    if (token) Object.assign(this, { mode: "token", id: subjectOf(token) });
    else if (this.cookieMember && !this.isSignedOut) Object.assign(this, { mode: "cookie", id: this.cookieMember });
    else Object.assign(this, { mode: GUEST, id: GUEST });
  }

  /**
   * @param {boolean} [isExpired] whether the last one was refused
   * @returns {Promise<string|null>} null where the cookie does, or where there is no newer one
   * @throws {ChatError} unauthenticated; member_changed
   */
  async token(isExpired = false) {
    if (this.mode !== "token") return null;
    const before = this.#last;
    const token = await this.#ask(isExpired);
    if (!token) throw new ChatError("unauthenticated", { status: 401 });
    this.#last = token;
    if (subjectOf(token) === this.id) return isExpired && token === before ? null : token;
    this.changed();
    throw new ChatError("member_changed");
  }

  async #ask(expired) {
    try {
      return (await this.getAccessToken?.({ expired })) || null;
    } catch {
      return null; // the host page's own fault; to us nobody is signed in
    }
  }
}

/** The member's id in an access token. Not verified: it only keeps two members' data on one computer apart. */
function subjectOf(token) {
  try {
    return String(JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sub);
  } catch {
    return "member";
  }
}
