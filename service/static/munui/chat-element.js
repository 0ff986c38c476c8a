/** The class of <munui-chat>: what a host page touches. Its name is registered in define.js; what the chat does stands in chat.js and chat/. */

import { Chat } from "./chat.js";
import { textsIn } from "./fetched.js";
import { Http } from "./http.js";
import { keepKeys } from "./keys.js";
import { forgetDrafts } from "./leaving.js";
import { Session } from "./session.js";
import { CALLS, hasLauncher, isInline, localeOf, rise, stageOf } from "./stage.js";
import { botOf, paint } from "./view/bot.js";
import { Panel } from "./view/panel.js";
import { styles } from "./view/styles.js";

/** What is drawn anew when it changes. */
const LOOK = ["heading", "layout", "position", "launcher", "preview", "bot-name", "bot-picture", "bot-color"];

/**
 * A chat for inquiries.
 *
 * Attributes: `api` (the service; by default where this module came from), `locale` (ko, en), `theme` (light, dark, auto),
 * `heading`, `position` (end, start), `layout` (inline: fills its place, without launcher), `member` (id of the member
 * whose cookie session the page has), `sign-in-url`, `open`, `keep-open` (open, if it was on the page before),
 * `bot-name`, `bot-picture` (an address) and `bot-color` (who answers), `launcher` (none: the page has its own, and calls
 * `toggle()`), `preview` (none: no words of what is unread beside the launcher).
 * Events with a detail: munui:opened munui:closed munui:message munui:handedover munui:completed munui:rated
 * munui:unread munui:error munui:signin; names and details stay as tests/browser/test_events.py has them.
 */
export class MunuiChatElement extends HTMLElement {
  static observedAttributes = ["locale", "member", "api", ...LOOK];

  #session = new Session();
  #chat = null;
  #panel = null;
  #stage = null;
  #life = null;
  #leaving = null;
  #isDrawing = false;
  #toldUnread = 0;

  constructor() {
    super();
    // Where the entry has drawn the launcher already, its root is taken over, and its calls that wait for us give way.
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styles()];
    CALLS.forEach((name) => delete this[name]);
  }

  /** Gives the member's access token, or null for a guest. @type {null|((options: {expired: boolean}) => Promise<string|null>)} */
  get getAccessToken() {
    return this.#session.getAccessToken;
  }

  set getAccessToken(callback) {
    this.#session.getAccessToken = callback;
    this.#chat?.restart();
  }

  /** Somebody signed in: the token is asked for again, and what waited for it goes on. */
  signIn() {
    return this.#chat?.signIn();
  }

  /** Nothing of the member stays; the visitor is a guest until `signIn()`. */
  signOut() {
    return this.#chat?.signOut();
  }

  /** What the page knows of its visitor, for those who answer: added to what it said before, null takes a name away. @param {Record<string, string|number|boolean|null>} attributes @throws {TypeError} */
  setAttributes(attributes) {
    this.#session.describe(attributes);
    this.#chat?.changed();
  }

  /** How many messages are unread; a conversation with more than 99 counts as 100. */
  get unread() {
    return this.#chat?.unread ?? 0;
  }

  open() {
    return this.#chat?.setOpen(true);
  }

  close() {
    return this.#chat?.setOpen(false);
  }

  toggle() {
    return this.#chat?.setOpen(!this.#chat.isOpen);
  }

  connectedCallback() {
    clearTimeout(this.#leaving);
    if (this.#chat) rise(this, this.#stage);
    else this.#begin();
  }

  /** A page that swaps its contents takes the element out and puts it back: that is a move, not an end. */
  disconnectedCallback() {
    this.#leaving = setTimeout(() => this.#end());
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#chat || before === now) return;
    if (name === "member") {
      this.#session.cookieMember = now;
      if (before) {
        // Of somebody else.
        this.#session.attributes = {};
        forgetDrafts();
      }
      this.#chat.restart();
    } else if (name === "api") {
      this.#end();
      this.#begin();
    } else this.#build();
  }

  #begin() {
    // Set before this class was known, a property would hide the accessor.
    if (Object.hasOwn(this, "getAccessToken")) {
      const { getAccessToken } = this;
      delete this.getAccessToken;
      this.#session.getAccessToken = getAccessToken;
    }
    const { href } = new URL(this.getAttribute("api") ?? new URL(import.meta.url).origin, location.href);
    const http = new Http(href.replace(/\/$/, ""), () => localeOf(this), this.#session);
    this.#life = new AbortController();
    this.#session.cookieMember = this.getAttribute("member");
    this.#chat = new Chat(
      http,
      () => this.#draw(),
      (name, detail) => this.#emit(name, detail),
    );
    keepKeys(this, this.#life.signal);
    this.#build();
    this.#chat.start();
    const isKept = this.hasAttribute("keep-open") && this.#chat.wasOpen;
    if (isInline(this) || isKept || this.hasAttribute("open")) this.#chat.setOpen(true, { isUnasked: true });
  }

  #end() {
    this.#life?.abort();
    this.#chat?.stop();
    this.#panel?.remove();
    this.#chat = this.#panel = null;
  }

  async #build() {
    const locale = localeOf(this);
    const chat = this.#chat;
    const texts = await textsIn(locale);
    // A press that has begun on what stands there ends there: taken away meanwhile, it would be no click.
    while (this.shadowRoot.querySelector(":active")) await new Promise((done) => setTimeout(done, 20));
    if (chat !== this.#chat || locale !== localeOf(this)) return; // changed meanwhile, and built by that change
    this.#panel?.remove();
    this.#panel = new Panel({
      chat,
      texts,
      locale,
      title: this.getAttribute("heading"),
      bot: botOf(this, texts),
      isInline: isInline(this),
      hasLauncher: hasLauncher(this),
      hasPreview: hasLauncher(this) && this.getAttribute("preview") !== "none",
      toggle: () => this.toggle(),
      signIn: () => this.#askForSignIn(),
      draw: () => this.#draw(),
      signal: this.#life.signal,
    });
    const { panel, launcher, preview } = this.#panel;
    const hadFocus = Boolean(this.shadowRoot.activeElement);
    this.#stage = stageOf(this, panel, preview.node, launcher);
    paint(this.#stage, this.getAttribute("bot-color"));
    this.shadowRoot.replaceChildren(this.#stage);
    rise(this, this.#stage);
    this.#panel.render();
    if (hadFocus && !this.#chat.isOpen) launcher.focus();
  }

  /** The host page decides how people sign in: by `munui:signin`, or by `sign-in-url` unless that event is cancelled. */
  #askForSignIn() {
    const url = this.getAttribute("sign-in-url");
    if (this.#emit("signin", {}) && url) location.assign(url);
    else this.signIn();
  }

  /** However much changes at once, it is drawn once. */
  #draw() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    queueMicrotask(() => {
      this.#isDrawing = false;
      this.#panel?.render();
      this.#tellUnread();
    });
  }

  /** To a page that draws a badge of its own. */
  #tellUnread() {
    const count = this.unread;
    if (count === this.#toldUnread) return;
    this.#toldUnread = count;
    this.#emit("unread", { count });
  }

  #emit(name, detail) {
    return this.dispatchEvent(
      new CustomEvent(`munui:${name}`, { detail, bubbles: true, composed: true, cancelable: true }),
    );
  }
}
