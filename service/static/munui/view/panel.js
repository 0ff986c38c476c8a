/** The launcher and the panel around list and conversation: what is wrong right now, and where the focus goes. */

import { Composer } from "./composer.js";
import { Cover } from "./cover.js";
import { button, focused, h, insert, set, setText } from "./dom.js";
import { Header } from "./header.js";
import { icon } from "./icons.js";
import { ListView, many } from "./list.js";
import { LogView, typingView } from "./log.js";
import { Preview } from "./preview.js";
import { Waiting } from "./waiting.js";

/** Everything the element shows. */
export class Panel {
  #log = null;
  #view = null;
  #ticking = null;
  // Of the page, where a launcher of its own had the focus.
  #opener = null;

  /** @param {{chat: import("../chat.js").Chat, texts: object, locale: string, title: string, bot: object, isInline: boolean, hasLauncher: boolean, hasPreview: boolean, toggle: () => void, signIn: () => void, draw: () => void, signal: AbortSignal}} context */
  constructor(context) {
    const { chat, texts, isInline, hasLauncher, toggle, draw, signal } = context;
    this.context = { ...context, write: () => this.composer.focus() };
    this.badge = h("span", { class: "badge", "aria-hidden": "true" });
    this.launcher = button(
      { class: "launcher", "aria-controls": "panel", hidden: !hasLauncher, onclick: toggle },
      icon("chat"),
      icon("down"),
      this.badge,
    );
    this.header = new Header(context);
    this.waiting = new Waiting(context);
    this.banners = h("div", { role: "status" });
    // For the eyes: what is announced is the fault, once, and not every second of waiting.
    this.countdown = h("span", { "aria-hidden": "true" });
    this.body = h("div", { class: "body" });
    this.preview = new Preview(context);
    this.composer = new Composer(context);
    this.list = new ListView(context);
    const asked = () => {
      chat.isUnasked = false;
    };
    this.panel = h(
      "section",
      {
        id: "panel",
        class: "panel",
        role: isInline ? "region" : "dialog",
        "aria-label": context.title || texts.title,
        hidden: true,
        onkeydown: (event) => this.#pressed(event),
        onfocusin: asked,
        onpointerdown: asked,
      },
      this.header.node,
      this.banners,
      this.waiting.node,
      this.body,
    );
    this.cover = new Cover(this.panel, draw, signal);
  }

  render() {
    const { chat, texts, isInline, hasPreview } = this.context;
    const { isOpen } = chat;
    const hasChanged = this.panel.hidden === isOpen;
    const had = this.#focused;
    if (hasChanged && isOpen) this.#opener = document.activeElement;
    const unread = many(chat.unread);
    this.panel.hidden = !isOpen;
    this.cover.update(isOpen && !isInline);
    this.preview.render(hasPreview && !isOpen);
    setText(this.badge, isOpen ? "" : unread);
    set(this.launcher, "aria-expanded", String(isOpen));
    set(
      this.launcher,
      "aria-label",
      isOpen ? texts.close : unread ? `${texts.title}, ${insert(texts.unread, { n: unread })}` : texts.title,
    );
    if (isOpen) {
      this.header.render();
      this.waiting.render();
      this.#banner();
      this.#body();
    }
    // What was just pressed may be gone by it.
    const isLost = had?.checkVisibility() === false && [had, null].includes(this.#focused);
    if (hasChanged || (isOpen && isLost)) this.#focus();
  }

  remove() {
    clearTimeout(this.#ticking);
    this.cover.remove();
    this.#log?.remove();
  }

  get #focused() {
    return this.panel.querySelector(":focus");
  }

  #body() {
    const { chat } = this.context;
    const view = chat.view + chat.activeId;
    if (view !== this.#view) this.#show(view);
    if (chat.view === "list") {
      this.list.render();
      return;
    }
    if (chat.view === "article") {
      if (chat.help.guide?.open(this.body, this.context)) this.#focus();
      return;
    }
    const had = this.composer.node.contains(focused(this.body));
    this.composer.render(); // first: it may leave more room to the log, or less
    this.#log?.render();
    if (had && this.composer.node.hidden) this.#log.log.focus({ preventScroll: true });
  }

  #show(view) {
    const { chat } = this.context;
    this.#view = view;
    this.#log?.remove();
    this.#log = chat.activeId ? new LogView(this.context, chat.activeId) : null;
    const log = this.#log?.node ?? h("div", { class: "frame" }, typingView());
    if (chat.view === "list") this.body.replaceChildren(this.list.node);
    else if (chat.view === "article") this.body.replaceChildren(log);
    else if (this.composer.node.isConnected)
      this.body.firstChild.replaceWith(log); // the input stays, and the focus in it
    else this.body.replaceChildren(log, this.composer.node);
    queueMicrotask(() => this.body.contains(focused(this.body)) || this.#focus());
  }

  #banner() {
    const { chat, texts, signIn } = this.context;
    const { problem, remark, offer } = chat;
    const seconds = Math.ceil((problem?.until - Date.now()) / 1000);
    const fault = problem && (texts.errors[problem.code] ?? texts.errors.internal);
    const found = [];
    if (!chat.isOnline) found.push([texts.offlineBanner]);
    else if (chat.needsSignIn) found.push([texts.signInAgain, texts.signIn, signIn]);
    else if (fault) found.push([fault, !problem.until && problem.again && texts.retry, problem.again]);
    if (remark) found.push([texts.errors[remark] ?? texts.errors.invalid]);
    if (chat.isFull) found.push([texts.notSaved]);
    const mark = JSON.stringify([found, chat.view === "list" && offer]);
    if (this.banners.dataset.mark !== mark) {
      this.banners.dataset.mark = mark;
      this.banners.replaceChildren(
        ...found.map(([text, label, onclick]) =>
          h("div", { class: "banner" }, h("p", { text }), label && button({ class: "link", text: label, onclick })),
        ),
      );
      if (offer && chat.view === "list") this.banners.append(this.#offer(offer));
      this.banners.querySelector("p")?.append(" ", this.countdown);
    }
    const isCounting = seconds > 0 && chat.isOnline && !chat.needsSignIn;
    setText(this.countdown, isCounting ? insert(texts.retryIn, { n: seconds }) : "");
    clearTimeout(this.#ticking);
    if (isCounting) this.#ticking = setTimeout(() => this.render(), 1000);
  }

  #offer({ count, left, isBusy: disabled }) {
    const { chat, texts } = this.context;
    const title = count ? texts.keepTitle : texts.leftTitle;
    return h(
      "div",
      { class: "offer", role: "group", "aria-label": title },
      h("strong", { text: title }),
      count > 0 && h("p", { text: insert(texts.keep, { n: count }) }),
      left > 0 && h("p", { text: insert(texts.left, { n: left }) }),
      button({
        class: "primary",
        disabled,
        text: count ? texts.keepYes : texts.leftSeen,
        onclick: () => chat.guestOffer.answer(true),
      }),
      count > 0 &&
        button({ class: "secondary", disabled, text: texts.keepNo, onclick: () => chat.guestOffer.answer(false) }),
    );
  }

  #pressed(event) {
    if (this.context.isInline) return;
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      this.context.toggle();
    }
    if (event.key !== "Tab" || !this.cover.isOn) return;
    // On a phone the panel hides the page, so the focus must not wander behind it.
    const all = [...this.panel.querySelectorAll("button, a, textarea, input, select, [tabindex]")].filter(
      (one) => !one.disabled && one.offsetParent,
    );
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (focused(this.panel) !== from) return;
    event.preventDefault();
    to.focus();
  }

  #focus() {
    const { chat, isInline } = this.context;
    if (chat.isUnasked && !this.cover.isOn) return; // the page's own field may be waiting for input
    if (isInline && !chat.isOpen) return;
    const opener = chat.help.opener(this.body);
    const isTouch = matchMedia("(pointer: coarse)").matches; // whose keyboard is not pushed on anybody
    if (!chat.isOpen) (this.launcher.hidden ? this.#opener : this.launcher)?.focus();
    else if (opener) opener.focus();
    else if (chat.view === "list") this.list.start.focus();
    else if (chat.view === "article") (this.body.querySelector("h3") ?? this.header.back).focus();
    else if (isTouch) this.header.close.focus();
    else if (!this.composer.focus()) this.#log?.log.focus({ preventScroll: true });
  }
}
