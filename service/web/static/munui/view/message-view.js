/**
 * One message as an element: bubble, notice, or the frame of a form.
 */

import { attribute, h, icon } from "./dom.js";
import { formView, summaryView } from "./form-view.js";
import { linked } from "./links.js";
import { clock } from "./time.js";

/** @param {object} item of the timeline @param {object} context of the log view @returns {{node: HTMLElement, update: (item: object) => void}} */
export function messageView(item, context) {
  const { message } = item;
  if (message.kind === "notice" || message.role === "system") return noticeView(message, context);
  const inner = message.kind === "form" ? formFrame(item, context) : { node: bubble(message, context) };
  const meta = h("div", { class: "meta" });
  const node = h("div", { part: `message message-${message.role}` }, message.role === "bot" && h("span", { class: "avatar", "aria-hidden": "true" }, icon("chat")), inner.node, meta);
  const update = (now) => {
    attribute(node, "class", ["row", message.role, message.kind, now.isFirst && "first", now.isLast && "last"].filter(Boolean).join(" "));
    inner.update?.(now);
    updateMeta(meta, now, context);
  };
  return { node, update };
}

function bubble(message, { texts }) {
  return h("div", { class: "bubble", part: `bubble bubble-${message.role}`, dir: "auto" }, h("span", { class: "sr", text: `${texts[message.role]}: ` }), ...linked(message.content ?? "", texts.opens));
}

function noticeView(message, { texts }) {
  return { node: h("div", { class: "notice", part: "notice" }, h("p", { dir: "auto" }, h("span", { class: "sr", text: `${texts.system}: ` }), ...linked(message.content ?? "", texts.opens))) };
}

function formFrame(item, context) {
  return item.form === "answered" ? { node: summaryView(item.message, context) } : formView(item, context);
}

/** The time, or how far the sending has come. Rebuilt only when that changes. */
function updateMeta(meta, { message, isLast }, { chat, texts, locale }) {
  const state = message.entry ? stateOf(message.entry, chat) : isLast ? clock(message.createdAt, locale) : "";
  if (meta.dataset.state === state) return;
  meta.dataset.state = state;
  if (!message.entry) return meta.replaceChildren(state && h("time", { datetime: message.createdAt, text: state }));
  if (state !== "failed") return meta.replaceChildren(h("span", { class: `state ${state}`, text: texts[state] }));
  const { clientMessageId, failure } = message.entry;
  return meta.replaceChildren(
    h("span", { class: "state failed", text: texts.errors[failure] ?? texts.failed }),
    h("button", { type: "button", class: "link", text: texts.retry, on: { click: () => chat.retry(clientMessageId) } }),
    h("button", { type: "button", class: "link", text: texts.discard, on: { click: () => chat.discard(clientMessageId) } }),
  );
}

function stateOf(entry, chat) {
  if (entry.failure) return "failed";
  return !chat.isOnline || chat.delivery.waitOf(entry.conversationId) ? "waiting" : "sending";
}
