/** The log of one conversation: days, messages, what is being sent, quick replies, and where it is scrolled to. */

import { faultOf } from "../engine.js";
import { avatar, button, clock, dayName, dayOf, focused, h, icon, insert, linked, reconcile, set, setText, unseen } from "./dom.js";

const NEAR = 64;
const TOGETHER = 180_000;

/**
 * What stands in the log, as plain data.
 * @param {object[]} messages @param {import("../delivery.js").Entry[]} unsent @param {{isCompleted?: boolean, isTyping?: boolean}} state
 * @returns {{key: string, mark: string, type: string}[]}
 */
export function timeline(messages, unsent, { isCompleted, isTyping }) {
  const pending = unsent.filter(({ clientMessageId }) => !messages.some((one) => one.role === "user" && one.clientMessageId === clientMessageId));
  const isTaken = ({ id }) => pending.some((entry) => entry.event.messageId === id);
  const sending = pending.map((entry) => ({ role: "user", kind: "text", content: entry.shown, clientMessageId: entry.clientMessageId, createdAt: entry.at, entry }));
  // Chips without a sentence of their own are buttons only.
  const all = [...messages.filter((one) => one.kind !== "chips" || one.content), ...sending];
  const items = [];
  all.forEach((message, index) => {
    const at = message.createdAt;
    if (dayOf(at) !== dayOf(all[index - 1]?.createdAt)) items.push({ key: dayOf(at), type: "day", at });
    items.push({
      key: message.role === "user" ? message.clientMessageId : message.id, type: "message", message, mark: message.answeredAt && message.kind,
      isFirst: !isTogether(all[index - 1], message), isLast: !isTogether(message, all[index + 1]), isTaken: isTaken(message), isLocked: isCompleted,
    });
  });
  if (isTyping) items.push({ key: "typing", type: "typing" });
  // Of several unanswered chips the last ones.
  const chips = messages.findLast((one) => one.kind === "chips" && !one.answeredAt && !isTaken(one));
  if (chips && !isCompleted) items.push({ key: `chips ${chips.id}`, type: "chips", message: chips });
  return items;
}

const isTogether = (one, next) => one?.role === next?.role && [one.kind, next.kind].every((kind) => kind !== "notice") && new Date(next.createdAt) - new Date(one.createdAt) < TOGETHER && dayOf(one.createdAt) === dayOf(next.createdAt);

/** A log; made anew for each conversation. */
export class LogView {
  #known = new Map();
  #newest = null;
  #oldest = null;
  #isAtEnd = true;
  #isSettled = false;

  /** @param {object} context of the panel @param {string} id of the conversation */
  constructor(context, id) {
    Object.assign(this, { context, id });
    const { chat, texts } = context;
    this.older = button({ class: "link older", text: texts.older, onclick: () => chat.loadOlder() });
    this.items = h("div", { class: "items" });
    this.log = h("div", { class: "log", role: "log", tabindex: 0, "aria-label": texts.log, "aria-live": "off", onscroll: () => this.#scrolled() }, this.older, this.items);
    this.jump = button({ class: "jump", hidden: true, onclick: () => this.toEnd("smooth") }, icon("down"), texts.newMessages);
    this.node = h("div", { class: "frame" }, this.log, this.jump);
    // The panel, the keyboard of a phone or the input may change the room that is left.
    this.observer = new ResizeObserver(() => this.#isAtEnd && this.toEnd());
    this.observer.observe(this.log);
    this.observer.observe(this.items);
  }

  render() {
    const { chat } = this.context;
    const { messages, previousCursor, isLoaded } = chat.log(this.id);
    const state = { isCompleted: chat.active?.status === "completed", isTyping: chat.typing.isShown(this.id) };
    const items = timeline(messages, chat.unsent(), state);
    const newest = items.findLast((item) => item.type === "message");
    const had = this.log.contains(focused(this.log));
    const anchor = this.#known.get(this.#oldest)?.node;
    const place = anchor?.getBoundingClientRect().top;
    this.older.hidden = !previousCursor;
    reconcile(this.items, this.#known, items, (item) => this.#build(item));
    if (had && !this.log.contains(focused(this.log))) this.log.focus({ preventScroll: true });
    const oldest = items.find((item) => item.type === "message")?.key;
    if (anchor && oldest !== this.#oldest) this.log.scrollTop += anchor.getBoundingClientRect().top - place;
    this.#oldest = oldest;
    this.#follow(newest);
    if (isLoaded && !this.#isSettled) this.#settle();
  }

  toEnd(behavior = "instant", top = Infinity) {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.log.scrollTo({ top: Math.min(top, this.log.scrollHeight), behavior: isCalm ? "instant" : behavior });
    this.jump.hidden = true;
  }

  remove() {
    this.observer.disconnect();
  }

  #build(item) {
    const { texts, locale } = this.context;
    if (item.type === "message") return this.#message(item);
    if (item.type === "day") return { node: h("p", { class: "day" }, h("span", { text: dayName(item.at, locale, texts.today) })) };
    if (item.type === "typing") return { node: typingView(texts.typing) };
    return { node: this.#chips(item.message) };
  }

  #chips({ id, content, payload }) {
    const { chat, texts } = this.context;
    const chips = payload.chips.map((chip) => button({ class: "chip", dir: "auto", text: chip.label, onclick: () => chat.send({ type: "chip", messageId: id, chipId: chip.id }, chip.label) }));
    return h("div", { class: "chips", role: "group", "aria-label": content || texts.quick }, ...chips);
  }

  #message({ message }) {
    const { texts } = this.context;
    const { role, kind, content } = message;
    const said = () => [unseen(`${texts[role]}: `), ...linked(content ?? "", texts.opens)];
    if (kind === "notice" || role === "system") return { node: h("p", { class: "notice", dir: "auto" }, ...said()) };
    const inner = kind !== "form" ? { node: h("div", { class: "bubble", dir: "auto" }, ...said()) }
      : message.answeredAt ? { node: summaryView(message, this.context) } : formView(message, this.context);
    const meta = h("div", { class: "meta" });
    const node = h("div", {}, role === "bot" && avatar(), inner.node, meta);
    const update = (item) => {
      set(node, "class", `row ${role}${kind === "form" ? " wide" : ""}${item.isFirst ? " first" : ""}${item.isLast ? " last" : ""}`);
      inner.update?.(item);
      this.#meta(meta, item);
    };
    return { node, update };
  }

  /** The time, or how far the sending has come. */
  #meta(meta, { message, isLast }) {
    const { chat, texts, locale } = this.context;
    const { entry, createdAt } = message;
    const isWaiting = entry && (!chat.isOnline || chat.delivery.isWaiting(entry.conversationId));
    const state = entry ? (entry.failure ? "failed" : isWaiting ? "waiting" : "sending") : isLast ? clock(createdAt, locale) : "";
    if (meta.dataset.state === state) return;
    meta.dataset.state = state;
    meta.replaceChildren(entry ? h("span", { class: state, text: texts.errors[entry.failure] ?? texts[state] }) : h("time", { datetime: createdAt, text: state }));
    if (state !== "failed") return;
    meta.append(button({ class: "link", text: texts.retry, onclick: () => chat.delivery.retry(entry.clientMessageId) }), button({ class: "link", text: texts.discard, onclick: () => chat.discard(entry) }));
  }

  /** Own messages and a log at its end are followed; somebody who reads further up is told instead. */
  #follow(newest) {
    if (!newest || newest.key === this.#newest) return;
    const isFirst = !this.#newest;
    this.#newest = newest.key;
    if (this.#isAtEnd || newest.message.entry) this.#reveal(isFirst ? "instant" : "smooth");
    else this.jump.hidden = false;
  }

  /** To the end, but not past what one has just said: a long answer or form is read from its beginning. */
  #reveal(behavior) {
    const mine = [...this.items.querySelectorAll(".user")].at(-1);
    const top = mine ? mine.offsetTop - 16 : Infinity;
    this.#isAtEnd = top > this.log.scrollHeight - this.log.clientHeight;
    this.toEnd(behavior, top);
  }

  /** What is there on arriving is not news; what comes later is announced. */
  #settle() {
    this.#isSettled = true;
    this.toEnd();
    requestAnimationFrame(() => set(this.log, "aria-live", "polite"));
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#isAtEnd) this.jump.hidden = true;
    if (this.#isSettled && scrollTop < NEAR && !this.context.chat.problem) this.context.chat.loadOlder();
  }
}

/** @param {string} [text] for screen readers */
export const typingView = (text = "") => h("div", { class: "typing" }, unseen(text), h("i"), h("i"), h("i"));

// Forms: fields to fill in, and afterwards what was filled in. Which values are right for good, the store decides.

let count = 0;

/** @param {object} message @param {object} context of the panel @returns {{node: HTMLElement, update: (item: object) => void}} */
export function formView(message, { chat, texts }) {
  const draft = chat.drafts.get(message.id) ?? {};
  const rows = message.payload.fields.map((field) => rowView(field, draft[field.name], texts));
  const summary = h("p", { class: "fault", role: "alert" });
  const submit = h("button", { class: "primary" });
  const values = () => Object.fromEntries(rows.map((row) => [row.field.name, row.value()]).filter(([, value]) => value !== ""));
  const show = (faults) => {
    const wrong = rows.filter((row) => row.show(faults(row)));
    setText(summary, wrong.length ? texts.formFaults : "");
    wrong[0]?.control.focus();
    return wrong.length > 0;
  };
  const onsubmit = (event) => {
    event.preventDefault();
    if (!show((row) => ownFault(row, texts))) chat.send({ type: "form", messageId: message.id, values: values() }, texts.formSent);
  };
  const oninput = () => {
    chat.drafts.set(message.id, values());
    if (!rows.some((row) => row.control.ariaInvalid)) setText(summary, "");
  };
  const node = h("form", { class: "card", novalidate: true, "aria-label": message.content || texts.formPreview, onsubmit, oninput },
    message.content && h("p", { class: "lead", dir: "auto", text: message.content }), ...rows.map((row) => row.node), summary, submit);
  let shown;
  const update = ({ isTaken, isLocked }) => {
    for (const control of [submit, ...rows.map((row) => row.control)]) control.disabled = isTaken || isLocked;
    setText(submit, isTaken ? texts.sending : texts.send);
    if (isLocked) setText(summary, texts.lockedForm);
    const faults = chat.formFaults.get(message.id);
    if (faults && faults !== shown) queueMicrotask(() => show(({ field }) => faults.find((one) => one.field.endsWith(`.${field.name}`))?.message));
    shown = faults;
  };
  return { node, update };
}

function ownFault({ field, control, value }, texts) {
  const [fault, n] = faultOf(field, value(), {}, " \t\n\r\u00a0\u3000");
  const name = fault || (control.validity.valid ? "" : control.type);
  return name && insert(texts.faults[name] ?? texts.faults.required, { n });
}

function rowView(field, drafted, texts) {
  const id = `munui-${(count += 1)}`;
  const isBox = field.type === "checkbox";
  const control = controlOf(field, id, texts);
  const fault = h("p", { class: "fault", id: `${id}-fault` });
  const help = field.help && h("p", { class: "help", id: `${id}-help`, text: field.help });
  const label = h("label", { for: id }, field.label, !field.required && !isBox && h("span", { class: "help", text: texts.optional }));
  if (drafted) Object.assign(control, isBox ? { checked: drafted } : { value: drafted });
  const show = (text) => {
    setText(fault, text || "");
    set(control, "aria-invalid", text ? "true" : null);
    return text;
  };
  set(control, "aria-describedby", help ? `${fault.id} ${help.id}` : fault.id);
  control.addEventListener("input", () => show(""));
  const node = h("div", { class: `field ${field.type}` }, ...(isBox ? [control, label] : [label, control]), help, fault);
  return { field, node, control, show, value: () => (isBox ? control.checked : control.value) };
}

function controlOf({ name, type, required, placeholder, autocomplete, options }, id, texts) {
  const props = { id, name, class: "control", required, placeholder, autocomplete, dir: "auto" };
  if (type === "textarea") return h(type, { ...props, rows: 4 });
  if (type === "select") return h(type, props, h("option", { value: "", text: texts.choose }), ...options.map(({ value, label }) => h("option", { value, text: label })));
  return h("input", { ...props, type: type === "phone" ? "tel" : type });
}

/** @param {object} message an answered form @returns {HTMLElement} */
export function summaryView({ payload, answer }, { texts }) {
  const values = answer?.values ?? {};
  const shown = ({ name, options }) => (values[name] === true ? texts.yes : options?.find((one) => one.value === values[name])?.label ?? values[name]);
  const rows = payload.fields.filter(({ name }) => values[name]).map((field) => h("div", {}, h("dt", { text: field.label }), h("dd", { dir: "auto", text: shown(field) })));
  return h("div", { class: "card summary" }, h("p", { class: "lead" }, icon("check"), texts.submitted), rows[0] && h("dl", {}, ...rows));
}
