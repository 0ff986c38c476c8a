/**
 * The class of <munui-chat>: attributes, methods and events, and the life of what is behind them.
 * Belongs here: what a host page touches. Not here: the registration of the name (define.js), what the chat does (chat.js).
 */

import { Chat } from "./chat.js";
import { Http } from "./http.js";
import { Session } from "./session.js";
import { styles } from "./styles.js";
import { nearest, textsOf } from "./texts.js";
import { Panel } from "./view/panel.js";

/**
 * A chat for inquiries.
 *
 * Attributes: `api` (address of the service; by default where this module came from), `locale` (ko, en), `theme` (light,
 * dark, auto), `heading`, `position` (end, start), `layout` (inline: fills its place, without launcher), `member` (id of the
 * member whose cookie session the page has), `sign-in-url`, `open`.
 * Events, each with a detail: munui:opened munui:closed munui:message munui:completed munui:error munui:signin.
 */
export class MunuiChatElement extends HTMLElement {
  static observedAttributes = ["locale", "member", "heading", "layout", "api"];

  #session = new Session();
  #chat = null;
  #panel = null;
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

  get isOpen() {
    return Boolean(this.#chat?.isOpen);
  }

  /** Somebody signed in: ask for the token again. What waited for it goes on. */
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
    return this.#chat?.setOpen(!this.isOpen);
  }

  connectedCallback() {
    // Set before this class was known, a property would hide the accessor.
    if (Object.hasOwn(this, "getAccessToken")) {
      const early = this.getAccessToken;
      delete this.getAccessToken;
      this.#session.getAccessToken = early;
    }
    this.#begin();
  }

  disconnectedCallback() {
    this.#end();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#chat || before === now) return;
    if (name === "member") {
      this.#session.cookieMember = now;
      this.#chat.restart();
    } else if (name === "api") {
      this.#end();
      this.#begin();
    } else {
      this.#build();
    }
  }

  get #locale() {
    return nearest(this.getAttribute("locale") || document.documentElement.lang || navigator.language);
  }

  get #isInline() {
    return this.getAttribute("layout") === "inline";
  }

  #begin() {
    this.#session.cookieMember = this.getAttribute("member");
    const locale = () => this.#locale;
    const base = new URL(this.getAttribute("api") || new URL(import.meta.url).origin, location.href).href.replace(/\/+$/, "");
    const http = new Http({ base, locale, session: this.#session });
    this.#chat = new Chat({ session: this.#session, http, locale, onchange: () => this.#draw(), emit: (name, detail) => this.#emit(name, detail) });
    this.#build();
    this.#chat.start();
    if (this.#isInline || this.hasAttribute("open")) this.open();
  }

  #end() {
    this.#chat?.stop();
    this.#panel?.remove();
    this.#chat = null;
    this.#panel = null;
    this.shadowRoot.replaceChildren();
  }

  #build() {
    this.#panel?.remove();
    const locale = this.#locale;
    const actions = { toggle: () => this.toggle(), close: () => this.close(), signIn: () => this.#askForSignIn() };
    this.#panel = new Panel({ chat: this.#chat, texts: textsOf(locale), locale, title: this.getAttribute("heading"), isInline: this.#isInline, actions });
    this.shadowRoot.replaceChildren(...this.#panel.nodes);
    this.#panel.panel.lang = this.#panel.launcher.lang = locale;
    this.#panel.render();
  }

  /** The host page decides how people sign in; without a listener that does, `sign-in-url` is followed. */
  #askForSignIn() {
    const url = this.getAttribute("sign-in-url");
    if (this.#emit("signin", {}) && url) location.assign(url);
    else this.signIn();
  }

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
