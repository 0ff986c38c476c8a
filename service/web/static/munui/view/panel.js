/**
 * The launcher and the panel around list and conversation: header, what is wrong right now, and where the focus goes.
 */

import { insert } from "../texts.js";
import { Composer } from "./composer.js";
import { attribute, h, icon, setText } from "./dom.js";
import { ListView } from "./list-view.js";
import { LogView } from "./log-view.js";

const FOCUSABLE = "button:not([disabled]):not([hidden]), a[href], textarea:not([disabled]), input:not([disabled]), select:not([disabled]), [tabindex='0']";

/** Everything the element shows. */
export class Panel {
  #log = null;
  #view = null;
  #ticking = null;

  /** @param {{chat: import("../chat.js").Chat, texts: object, locale: string, title: string, isInline: boolean, actions: {toggle: () => void, close: () => void, signIn: () => void}}} context */
  constructor(context) {
    this.context = context;
    const { chat, texts, actions } = context;
    const title = context.title || texts.title;
    this.badge = h("span", { class: "badge", part: "badge", "aria-hidden": "true" });
    this.launcher = h("button", { type: "button", class: "launcher", part: "launcher", "aria-controls": "panel", hidden: context.isInline, on: { click: actions.toggle } }, icon("chat"), icon("down"), this.badge);
    this.back = h("button", { type: "button", class: "round", "aria-label": texts.back, on: { click: () => { chat.showList(); this.list.focus(); } } }, icon("back"));
    this.status = h("p", { class: "status" });
    this.close = h("button", { type: "button", class: "round", "aria-label": texts.close, hidden: context.isInline, on: { click: actions.close } }, icon("close"));
    const header = h("header", { part: "header" }, this.back, h("span", { class: "avatar", "aria-hidden": "true" }, icon("chat")), h("div", { class: "titles" }, h("h2", { id: "title", text: title }), this.status), this.close);
    this.banner = h("div", { class: "banners", role: "status" });
    this.body = h("div", { class: "body" });
    this.composer = new Composer(context, () => this.#log?.toEnd());
    this.list = new ListView(context);
    this.panel = h("section", { id: "panel", class: "panel", part: "panel", role: context.isInline ? "region" : "dialog", "aria-labelledby": "title", hidden: true, on: { keydown: (event) => this.#pressed(event) } }, header, this.banner, this.body);
    this.nodes = [this.panel, this.launcher];
  }

  render() {
    const { chat, texts, isInline } = this.context;
    const wasOpen = !this.panel.hidden;
    this.panel.hidden = !chat.isOpen;
    attribute(this.launcher, "aria-expanded", String(chat.isOpen));
    const unread = chat.unread > 99 ? "99+" : chat.unread ? String(chat.unread) : "";
    setText(this.badge, unread);
    attribute(this.launcher, "aria-label", chat.isOpen ? texts.close : unread ? `${texts.open}, ${insert(texts.unread, { n: unread })}` : texts.open);
    if (chat.isOpen) {
      this.#header();
      this.#banners();
      this.#body();
    }
    if (wasOpen !== chat.isOpen && !isInline) this.#moveFocus(chat.isOpen);
  }

  remove() {
    clearInterval(this.#ticking);
    this.#log?.remove();
  }

  #header() {
    const { chat, texts } = this.context;
    const { active } = chat;
    this.back.hidden = chat.view !== "chat";
    const isBusy = chat.opening && !chat.opening.error;
    const text = !chat.isOnline ? texts.offline : isBusy ? texts.connecting : active?.status === "completed" ? texts.done : texts.online;
    setText(this.status, text);
    attribute(this.status, "class", `status ${!chat.isOnline ? "off" : active?.status === "completed" ? "ended" : "on"}`);
  }

  #body() {
    const { chat } = this.context;
    const view = chat.view === "list" ? "list" : `chat ${chat.activeId ?? ""}`;
    if (view !== this.#view) this.#show(view);
    if (view === "list") return this.list.render();
    this.#log?.render();
    return this.composer.render();
  }

  #show(view) {
    const { chat } = this.context;
    const hadFocus = this.body.contains(this.panel.getRootNode().activeElement);
    const wasChat = this.#view?.startsWith("chat");
    this.#view = view;
    this.#log?.remove();
    this.#log = null;
    if (view === "list") return this.body.replaceChildren(this.list.node);
    this.#log = chat.activeId ? new LogView(this.context, chat.activeId) : null;
    const log = this.#log?.node ?? h("div", { class: "log-frame loading" }, h("div", { class: "typing" }, h("i"), h("i"), h("i")));
    if (wasChat) this.body.firstChild.replaceWith(log); // the input stays, and with it the focus in it
    else this.body.replaceChildren(log, this.composer.node);
    if (hadFocus || this.panel.hidden === false) queueMicrotask(() => !this.body.contains(this.panel.getRootNode().activeElement) && this.#enter());
    return undefined;
  }

  #banners() {
    const { chat, texts, actions } = this.context;
    const found = [];
    if (!chat.isOnline) found.push(["offline", texts.offlineBanner]);
    if (chat.needsSignIn) found.push(["sign-in", texts.signInAgain, texts.signIn, actions.signIn]);
    else if (chat.problem && chat.isOnline) found.push(this.#problem(chat.problem));
    if (chat.remark) found.push(["remark", texts.errors[chat.remark] ?? texts.errors.invalid]);
    if (chat.storage.isFull && !chat.session.isMember) found.push(["full", texts.notSaved]);
    const offer = chat.offer && chat.view === "list";
    const mark = JSON.stringify([found.map((one) => one.slice(0, 3)), offer && chat.offer]);
    if (this.banner.dataset.mark === mark) return;
    this.banner.dataset.mark = mark;
    this.banner.replaceChildren(...found.map((one) => bannerView(one)), ...(offer ? [this.#offer()] : []));
    this.#tick();
  }

  #problem({ code, until, again }) {
    const { texts } = this.context;
    const text = texts.errors[code] ?? texts.errors.internal;
    const seconds = until && Math.ceil((until - Date.now()) / 1000);
    if (seconds > 0) return [`problem ${code}`, `${text} ${insert(texts.retryIn, { n: seconds })}`];
    return ["problem", text, again && texts.tryAgain, again];
  }

  /** The seconds until the next attempt are counted down while there are any. */
  #tick() {
    clearTimeout(this.#ticking);
    if (this.context.chat.problem?.until > Date.now()) this.#ticking = setTimeout(() => this.render(), 1000);
  }

  #offer() {
    const { chat, texts } = this.context;
    const { count, state } = chat.offer;
    const isWorking = state === "working";
    return h("div", { class: "offer", role: "group", "aria-label": texts.keepTitle }, h("strong", { text: texts.keepTitle }), h("p", { text: state === "failed" ? texts.keepFailed : insert(texts.keep, { n: count }) }),
      h("div", { class: "pair" }, h("button", { type: "button", class: "primary", disabled: isWorking, text: texts.keepYes, on: { click: () => chat.answerOffer(true) } }), h("button", { type: "button", class: "secondary", disabled: isWorking, text: texts.keepNo, on: { click: () => chat.answerOffer(false) } })));
  }

  #pressed(event) {
    if (event.key === "Escape" && !event.isComposing && !this.context.isInline) {
      event.stopPropagation();
      this.context.actions.close();
    }
    if (event.key === "Tab" && this.#coversAll) this.#keepInside(event);
  }

  /** On a phone the panel hides the page, so the focus must not wander behind it. */
  get #coversAll() {
    return !this.context.isInline && this.panel.offsetWidth >= innerWidth - 1;
  }

  #keepInside(event) {
    const all = [...this.panel.querySelectorAll(FOCUSABLE)].filter((one) => one.offsetParent);
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (this.panel.getRootNode().activeElement !== from) return;
    event.preventDefault();
    to.focus();
  }

  #moveFocus(isOpen) {
    if (isOpen) this.#enter();
    else this.launcher.focus({ preventScroll: true });
  }

  /** A touch keyboard is not pushed on anybody. */
  #enter() {
    if (this.panel.hidden || this.context.isInline) return;
    if (this.context.chat.view === "list") this.list.focus();
    else if (matchMedia("(pointer: coarse)").matches) this.close.focus({ preventScroll: true });
    else this.composer.focus();
  }
}

function bannerView([name, text, label, action]) {
  return h("div", { class: `banner ${name}`, part: "banner" }, h("p", { text }), label && h("button", { type: "button", class: "link", text: label, on: { click: action } }));
}
