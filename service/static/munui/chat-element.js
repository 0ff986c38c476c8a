/** The class of <munui-chat>: what a host page touches. Its name is registered in define.js; what the chat does stands in chat.js. */

import { Chat } from "./chat.js";
import { Http, Session } from "./http.js";
import { styles } from "./styles.js";
import { Panel } from "./view/panel.js";

/**
 * A chat for inquiries.
 *
 * Attributes: `api` (the service; by default where this module came from), `locale` (ko, en), `theme` (light, dark, auto),
 * `heading`, `position` (end, start), `layout` (inline: fills its place, without launcher), `member` (id of the member
 * whose cookie session the page has), `sign-in-url`, `open`.
 * Events with a detail: munui:opened munui:closed munui:message munui:completed munui:error munui:signin.
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
    // Set before this class was known, a property would hide the accessor.
    if (Object.hasOwn(this, "getAccessToken")) {
      const { getAccessToken } = this;
      delete this.getAccessToken;
      this.#session.getAccessToken = getAccessToken;
    }
    const locale = () => this.#locale;
    const { href } = new URL(this.getAttribute("api") ?? new URL(import.meta.url).origin, location.href);
    this.#session.cookieMember = this.getAttribute("member");
    this.#chat = new Chat(new Http(href.replace(/\/$/, ""), locale, this.#session), () => this.#draw(), (name, detail) => this.#emit(name, detail));
    this.#build();
    this.#chat.start();
    if (this.#isInline || this.hasAttribute("open")) this.open();
  }

  disconnectedCallback() {
    this.#chat.stop();
    this.#panel?.remove();
    this.#chat = this.#panel = null;
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#chat || before === now) return;
    if (name === "member") {
      this.#session.cookieMember = now;
      this.#chat.restart();
    } else if (name === "api") {
      this.disconnectedCallback();
      this.connectedCallback();
    } else this.#build();
  }

  get #locale() {
    return /^ko/i.test(this.getAttribute("locale") || document.documentElement.lang || navigator.language) ? "ko" : "en";
  }

  get #isInline() {
    return this.getAttribute("layout") === "inline";
  }

  async #build() {
    const locale = this.#locale;
    const chat = this.#chat;
    const texts = (await import(`./texts/${locale}.js`)).default;
    if (chat !== this.#chat || locale !== this.#locale) return; // changed meanwhile, and built by that change
    this.#panel?.remove();
    this.#panel = new Panel({
      chat, texts, locale, title: this.getAttribute("heading"), isInline: this.#isInline,
      toggle: () => this.toggle(), signIn: () => this.#askForSignIn(),
    });
    const { panel, launcher } = this.#panel;
    panel.lang = launcher.lang = locale;
    this.shadowRoot.replaceChildren(panel, launcher);
    this.#panel.render();
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
