/** The class of <munui-chat>: what a host page touches. Its name is registered in define.js; what the chat does stands in chat.js and chat/. */

import { Chat } from "./chat.js";
import { Http } from "./http.js";
import { keepKeys } from "./keys.js";
import { Session } from "./session.js";
import { styles } from "./styles.js";
import { h } from "./view/dom.js";
import { Panel } from "./view/panel.js";

/**
 * A chat for inquiries.
 *
 * Attributes: `api` (the service; by default where this module came from), `locale` (ko, en), `theme` (light, dark, auto),
 * `heading`, `position` (end, start), `layout` (inline: fills its place, without launcher), `member` (id of the member
 * whose cookie session the page has), `sign-in-url`, `open`, `keep-open` (open, if it was on the page before).
 * Events with a detail: munui:opened munui:closed munui:message munui:completed munui:error munui:signin.
 */
export class MunuiChatElement extends HTMLElement {
  static observedAttributes = ["locale", "member", "heading", "layout", "position", "api"];

  #session = new Session();
  #chat = null;
  #panel = null;
  #stage = null;
  #life = null;
  #leaving = null;
  #isDrawing = false;

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [styles()];
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
    if (this.#chat) this.#rise();
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
      this.#chat.restart();
    } else if (name === "api") {
      this.#end();
      this.#begin();
    } else this.#build();
  }

  get #locale() {
    return /^ko/i.test(this.getAttribute("locale") || document.documentElement.lang || navigator.language) ? "ko" : "en";
  }

  get #isInline() {
    return this.getAttribute("layout") === "inline";
  }

  /** The end is where lines end on this page, which says so by `dir`. The chat's own lines are Korean or English. */
  get #isLeft() {
    const isReversed = (document.dir || document.body?.dir) === "rtl";
    return isReversed !== (this.getAttribute("position") === "start");
  }

  #begin() {
    // Set before this class was known, a property would hide the accessor.
    if (Object.hasOwn(this, "getAccessToken")) {
      const { getAccessToken } = this;
      delete this.getAccessToken;
      this.#session.getAccessToken = getAccessToken;
    }
    const { href } = new URL(this.getAttribute("api") ?? new URL(import.meta.url).origin, location.href);
    const http = new Http(href.replace(/\/$/, ""), () => this.#locale, this.#session);
    this.#life = new AbortController();
    this.#session.cookieMember = this.getAttribute("member");
    this.#chat = new Chat(http, () => this.#draw(), (name, detail) => this.#emit(name, detail));
    keepKeys(this, this.#life.signal);
    this.#build();
    this.#chat.start();
    const isKept = this.hasAttribute("keep-open") && this.#chat.wasOpen;
    if (this.#isInline || isKept || this.hasAttribute("open")) this.#chat.setOpen(true, { isUnasked: true });
  }

  #end() {
    this.#life?.abort();
    this.#chat?.stop();
    this.#panel?.remove();
    this.#chat = this.#panel = null;
  }

  async #build() {
    const locale = this.#locale;
    const chat = this.#chat;
    const texts = (await import(`./texts/${locale}.js`)).default;
    if (chat !== this.#chat || locale !== this.#locale) return; // changed meanwhile, and built by that change
    const isInline = this.#isInline;
    this.#panel?.remove();
    this.#panel = new Panel({
      chat, texts, locale, title: this.getAttribute("heading"), isInline,
      toggle: () => this.toggle(), signIn: () => this.#askForSignIn(), draw: () => this.#draw(), signal: this.#life.signal,
    });
    const { panel, launcher } = this.#panel;
    const look = { class: this.#isLeft ? "stage left" : "stage", lang: locale, popover: !isInline && "manual" };
    this.#stage = h("div", look, panel, launcher);
    this.shadowRoot.replaceChildren(this.#stage);
    this.#rise();
    this.#panel.render();
  }

  /** Into the browser's top layer, which no stacking, clipping or transform of the page reaches. */
  #rise() {
    if (this.isConnected && this.#stage?.popover) this.#stage.showPopover();
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
    });
  }

  #emit(name, detail) {
    return this.dispatchEvent(new CustomEvent(`munui:${name}`, { detail, bubbles: true, composed: true, cancelable: true }));
  }
}
