/** The launcher and the panel around list and conversation: header, what is wrong right now, and where the focus goes. */

import { size } from "../engine.js";
import { avatar, brief, button, focused, h, icon, insert, reconcile, set, setText, unseen } from "./dom.js";
import { LogView, typingView } from "./log.js";

const MOST = 4000;
const many = (count) => (count > 99 ? "99+" : count ? String(count) : "");

/** The conversations, latest first, and the way to a new one. */
class ListView {
  #known = new Map();

  constructor(context) {
    const { chat, texts } = context;
    this.context = context;
    this.items = h("ul", { class: "conversations", "aria-label": texts.list });
    this.more = button({ class: "link older", text: texts.more, onclick: () => chat.loadMore() });
    this.start = button({ class: "primary", onclick: () => chat.startNew() }, icon("plus"), texts.newChat);
    this.node = h("div", { class: "list" }, h("div", { class: "hero" }, avatar(), h("p", { class: "big", text: texts.hello }), h("p", { text: texts.hint }), this.start), this.items, this.more);
  }

  render() {
    const { conversations, nextCursor } = this.context.chat.cache;
    this.more.hidden = !nextCursor;
    reconcile(this.items, this.#known, conversations.map((one) => ({ key: one.id, one })), ({ key }) => this.#build(key));
  }

  #build(id) {
    const { chat, texts, locale } = this.context;
    const [text, when, badge, hint] = [h("span", { class: "snippet", dir: "auto" }), h("span", { class: "when" }), h("span", { class: "badge", "aria-hidden": "true" }), unseen("")];
    const node = h("li", {}, button({ class: "conversation", onclick: () => chat.show(id) }, avatar(), h("span", { class: "about" }, text, when), badge, hint));
    const update = ({ one: { lastMessage, createdAt, status, unreadCount } }) => {
      const time = brief(lastMessage?.createdAt ?? createdAt, locale);
      setText(text, lastMessage?.content || (lastMessage?.kind === "form" ? texts.formPreview : texts.chipsPreview));
      setText(when, status === "completed" ? `${time} · ${texts.ended}` : time);
      setText(badge, many(unreadCount));
      setText(hint, unreadCount ? insert(texts.unread, { n: many(unreadCount) }) : "");
    };
    return { node, update };
  }
}

/** Where text is written: the input that grows, its draft, and what stands there once a conversation is completed. */
class Composer {
  #key = null;
  // Enter was pressed while the conversation was still being opened.
  #isWaiting = false;

  /** @param {object} context of the panel */
  constructor({ texts, chat }) {
    Object.assign(this, { chat, texts });
    this.counter = h("p", { class: "counter", id: "counter" });
    this.input = h("textarea", { class: "input", rows: 1, dir: "auto", "aria-label": texts.input, placeholder: texts.write, enterkeyhint: "send", "aria-describedby": "counter", oninput: () => this.#typed(), onkeydown: (event) => this.#pressed(event) });
    this.button = h("button", { class: "send", "aria-label": texts.send }, icon("send"));
    this.form = h("form", { class: "composer", onsubmit: (event) => this.#send(event) }, h("div", { class: "entry" }, this.input, this.button), this.counter);
    this.again = button({ class: "primary", onclick: () => chat.startNew() }, icon("plus"), texts.newChat);
    this.ended = h("div", { class: "ended" }, h("p", { text: texts.completed }), this.again);
    this.node = h("div", { class: "bottom" }, this.form, this.ended);
  }

  render() {
    const { active, draftKey, drafts } = this.chat;
    const isCompleted = active?.status === "completed";
    const had = this.form.contains(focused(this.form));
    this.form.hidden = isCompleted;
    this.ended.hidden = !isCompleted;
    if (isCompleted && had) this.again.focus();
    if (draftKey !== this.#key || !this.input.value) this.input.value = drafts.get(draftKey) ?? "";
    this.#key = draftKey;
    this.#fit();
    if (this.#isWaiting && !this.button.disabled) this.#send();
  }

  focus() {
    (this.form.hidden ? this.again : this.input).focus({ preventScroll: true });
  }

  #typed() {
    this.#isWaiting = false;
    this.chat.drafts.set(this.#key, this.input.value);
    this.#fit();
  }

  #fit() {
    const { input, texts } = this;
    const text = input.value.trim();
    const length = text.length > 3600 ? size(text) : 0;
    input.style.height = "auto";
    if (input.scrollHeight) input.style.height = `${input.scrollHeight}px`;
    setText(this.counter, length > 3600 ? insert(texts.counter, { n: length, max: MOST }) : "");
    set(input, "aria-invalid", length > MOST ? "true" : null);
    this.button.disabled = length > MOST || !this.chat.activeId || !text;
  }

  /** Enter sends, but not the Enter that ends the composition of a syllable. */
  #pressed(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) this.#send(event);
  }

  #send(event) {
    event?.preventDefault();
    const content = this.input.value.trim();
    this.#isWaiting = Boolean(content) && !this.chat.activeId;
    if (this.button.disabled) return;
    this.chat.drafts.remove(this.#key);
    this.input.value = "";
    this.chat.send({ type: "text", content }, content);
    this.#fit();
    this.input.focus();
  }
}

/** Everything the element shows. */
export class Panel {
  #log = null;
  #view = null;
  #ticking = null;

  /** @param {{chat: import("../chat.js").Chat, texts: object, locale: string, title: string, isInline: boolean, toggle: () => void, signIn: () => void}} context */
  constructor(context) {
    const { chat, texts, isInline, toggle } = context;
    this.context = context;
    this.badge = h("span", { class: "badge", "aria-hidden": "true" });
    this.launcher = button({ class: "launcher", "aria-controls": "panel", hidden: isInline, onclick: toggle }, icon("chat"), icon("down"), this.badge);
    this.back = button({ class: "round", "aria-label": texts.list, onclick: () => chat.showList() }, icon("back"));
    this.close = button({ class: "round", "aria-label": texts.close, hidden: isInline, onclick: toggle }, icon("close"));
    this.status = h("p", { class: "status" });
    this.banners = h("div", { role: "status" });
    this.body = h("div", { class: "body" });
    this.composer = new Composer(context);
    this.list = new ListView(context);
    const header = h("div", { class: "header" }, this.back, avatar(), h("div", { class: "titles" }, h("h2", { id: "title", text: context.title || texts.title }), this.status), this.close);
    this.panel = h("section", { id: "panel", class: "panel", role: isInline ? "region" : "dialog", "aria-labelledby": "title", hidden: true, onkeydown: (event) => this.#pressed(event) }, header, this.banners, this.body);
  }

  render() {
    const { chat, texts, isInline } = this.context;
    const { isOpen } = chat;
    const hasChanged = this.panel.hidden === isOpen;
    const unread = many(chat.unread);
    this.panel.hidden = !isOpen;
    setText(this.badge, isOpen ? "" : unread);
    set(this.launcher, "aria-expanded", String(isOpen));
    set(this.launcher, "aria-label", isOpen ? texts.close : unread ? `${texts.title}, ${insert(texts.unread, { n: unread })}` : texts.title);
    if (isOpen) {
      this.#header();
      this.#banner();
      this.#body();
    }
    if (hasChanged && !isInline) this.#focus();
  }

  remove() {
    clearTimeout(this.#ticking);
    this.#log?.remove();
  }

  #header() {
    const { chat, texts } = this.context;
    const isEnded = chat.active?.status === "completed";
    this.back.hidden = chat.view === "list";
    setText(this.status, chat.isOnline ? (isEnded ? texts.done : texts.online) : texts.offline);
    set(this.status, "class", `status ${chat.isOnline && !isEnded ? "" : "off"}`);
  }

  #body() {
    const { chat } = this.context;
    const view = chat.view + chat.activeId;
    if (view !== this.#view) this.#show(view);
    if (chat.view === "list") return this.list.render();
    this.#log?.render();
    return this.composer.render();
  }

  #show(view) {
    const { chat, isInline } = this.context;
    const isFirst = !this.#view;
    this.#view = view;
    this.#log?.remove();
    this.#log = chat.activeId ? new LogView(this.context, chat.activeId) : null;
    const log = this.#log?.node ?? h("div", { class: "frame" }, typingView());
    if (chat.view === "list") this.body.replaceChildren(this.list.node);
    else if (this.composer.node.isConnected) this.body.firstChild.replaceWith(log); // the input stays, and the focus in it
    else this.body.replaceChildren(log, this.composer.node);
    if (!(isInline && isFirst)) queueMicrotask(() => this.body.contains(focused(this.body)) || this.#focus());
  }

  #banner() {
    const { chat, texts, signIn } = this.context;
    const { problem, remark, offer } = chat;
    const seconds = Math.ceil((problem?.until - Date.now()) / 1000);
    const fault = problem && (texts.errors[problem.code] ?? texts.errors.internal);
    const found = [];
    if (!chat.isOnline) found.push([texts.offlineBanner]);
    else if (chat.needsSignIn) found.push([texts.signInAgain, texts.signIn, signIn]);
    else if (seconds > 0) found.push([`${fault} ${insert(texts.retryIn, { n: seconds })}`]);
    else if (fault) found.push([fault, problem.again && texts.retry, problem.again]);
    if (remark) found.push([texts.errors[remark] ?? texts.errors.invalid]);
    if (chat.isFull) found.push([texts.notSaved]);
    const mark = JSON.stringify([found, chat.view === "list" && offer]);
    if (this.banners.dataset.mark === mark) return;
    this.banners.dataset.mark = mark;
    this.banners.replaceChildren(...found.map(([text, label, onclick]) => h("div", { class: "banner" }, h("p", { text }), label && button({ class: "link", text: label, onclick }))));
    if (offer && chat.view === "list") this.banners.append(this.#offer(offer));
    clearTimeout(this.#ticking);
    if (seconds > 0) this.#ticking = setTimeout(() => this.render(), 1000);
  }

  #offer({ count, isBusy: disabled }) {
    const { chat, texts } = this.context;
    return h("div", { class: "offer", role: "group", "aria-label": texts.keepTitle }, h("strong", { text: texts.keepTitle }), h("p", { text: insert(texts.keep, { n: count }) }),
      button({ class: "primary", disabled, text: texts.keepYes, onclick: () => chat.answerOffer(true) }), button({ class: "secondary", disabled, text: texts.keepNo, onclick: () => chat.answerOffer(false) }));
  }

  #pressed(event) {
    if (this.context.isInline) return;
    if (event.key === "Escape" && !event.isComposing) this.context.toggle();
    if (event.key !== "Tab" || this.panel.offsetWidth < innerWidth - 1) return;
    // On a phone the panel hides the page, so the focus must not wander behind it.
    const all = [...this.panel.querySelectorAll("button, a, textarea, input, select, [tabindex]")].filter((one) => !one.disabled && one.offsetParent);
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (focused(this.panel) !== from) return;
    event.preventDefault();
    to.focus();
  }

  #focus() {
    const { chat } = this.context;
    const isTouch = matchMedia("(pointer: coarse)").matches; // whose keyboard is not pushed on anybody
    if (!chat.isOpen) this.launcher.focus();
    else if (chat.view === "list") this.list.start.focus();
    else if (isTouch) this.close.focus();
    else this.composer.focus();
  }
}
