/**
 * A form of the conversation: fields to fill in, and after the answer what was filled in.
 * Belongs here: the look of fields and where faults stand. Not here: which values are right for good (the store decides).
 */

import { faultOf } from "../form.js";
import { insert } from "../texts.js";
import { attribute, h, icon, setText } from "./dom.js";

const BLANKS = " \t\n\r\u00a0\u3000";
let count = 0;

/** @param {object} item of the timeline @param {object} context @returns {{node: HTMLElement, update: (item: object) => void}} */
export function formView(item, context) {
  const { message } = item;
  const { chat, texts } = context;
  const draftKey = `${message.conversationId}.${message.id}`;
  const draft = chat.drafts.get(draftKey) || {};
  const rows = message.payload.fields.map((field) => fieldView(field, draft[field.name], texts));
  const summary = h("p", { class: "fault", role: "alert" });
  const button = h("button", { type: "submit", class: "primary", part: "button" });
  const values = () => Object.fromEntries(rows.map((row) => [row.field.name, row.value()]));
  const node = h("form", { class: "card", part: "form", novalidate: true, "aria-label": message.content || texts.formPreview, on: {
    submit: (event) => {
      event.preventDefault();
      const faults = rows.filter((row) => row.show(ownFault(row, texts)));
      setText(summary, faults.length ? texts.formFaults : "");
      if (faults.length) return faults[0].control.focus();
      return chat.send({ type: "form", messageId: message.id, values: given(values()) }, texts.formSent);
    },
    input: () => chat.drafts.set(draftKey, values()),
  } }, message.content && h("p", { class: "lead", dir: "auto", text: message.content }), ...rows.map((row) => row.node), summary, button);
  let shownFaults;
  const update = ({ form, isTaken }) => {
    const isLocked = form === "locked";
    rows.forEach((row) => { row.control.disabled = isLocked || isTaken; });
    button.disabled = isLocked || isTaken;
    setText(button, isTaken ? texts.submitting : texts.submit);
    if (isLocked) setText(summary, texts.lockedForm);
    const faults = chat.formFaults.get(message.id);
    if (faults && faults !== shownFaults) showFaults(rows, faults, summary, texts);
    shownFaults = faults;
  };
  return { node, update };
}

/** What the service found: `event.values.<name>`. */
function showFaults(rows, faults, summary, texts) {
  const byName = new Map(faults.map(({ field, message }) => [field.split("values.").pop(), message]));
  const wrong = rows.filter((row) => row.show(byName.get(row.field.name) ?? ""));
  setText(summary, texts.formFaults);
  queueMicrotask(() => wrong[0]?.control.focus());
}

function ownFault({ field, control, value }, texts) {
  const { validity } = control;
  const [fault, n] = faultOf(field, value(), { patterns: {}, whitespace: BLANKS });
  const name = fault || (validity.typeMismatch ? field.type : validity.valid ? "" : "other");
  return name && insert(texts.faults[name === "select" ? "required" : name] ?? texts.faults.other, { n });
}

const given = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));

function fieldView(field, drafted, texts) {
  const id = `munui-${(count += 1)}`;
  const isBox = field.type === "checkbox";
  const control = controlOf(field, id, texts);
  const fault = h("p", { class: "fault", id: `${id}-fault` });
  const help = field.help && h("p", { class: "help", id: `${id}-help`, text: field.help });
  const label = h("label", { for: id }, field.label, !field.required && !isBox && h("span", { class: "optional", text: texts.optional }));
  const value = () => (isBox ? control.checked : control.value);
  if (isBox) control.checked = drafted === true;
  else if (typeof drafted === "string") control.value = drafted;
  const show = (text) => {
    setText(fault, text);
    attribute(control, "aria-invalid", text ? "true" : null);
    attribute(control, "aria-describedby", [text && fault.id, help && help.id].filter(Boolean).join(" ") || null);
    return text;
  };
  show("");
  control.addEventListener("input", () => show(""));
  const node = h("div", { class: `field ${field.type}` }, ...(isBox ? [control, label] : [label, control]), help, fault);
  return { field, node, control, value, show };
}

function controlOf(field, id, texts) {
  const shared = { id, name: field.name, class: "control", part: "input", required: field.required, placeholder: field.placeholder, autocomplete: field.autocomplete };
  if (field.type === "textarea") return h("textarea", { ...shared, rows: 4, dir: "auto" });
  if (field.type === "select") {
    const options = field.options.map((option) => h("option", { value: option.value, text: option.label }));
    return h("select", shared, h("option", { value: "", text: texts.choose }), ...options);
  }
  const type = { phone: "tel", email: "email", checkbox: "checkbox" }[field.type] ?? "text";
  return h("input", { ...shared, type, class: type === "checkbox" ? "box" : "control", dir: type === "text" ? "auto" : null });
}

/** @param {object} message an answered form @param {object} context @returns {HTMLElement} */
export function summaryView(message, { texts }) {
  const values = message.answer?.values ?? {};
  const rows = message.payload.fields.filter((field) => Object.hasOwn(values, field.name)).map((field) => h("div", {}, h("dt", { text: field.label }), h("dd", { dir: "auto", text: shown(field, values[field.name], texts) })));
  return h("div", { class: "card summary", part: "form" }, h("p", { class: "lead" }, icon("check"), texts.submitted), rows.length > 0 && h("dl", {}, ...rows));
}

function shown(field, value, texts) {
  if (typeof value === "boolean") return value ? texts.yes : texts.no;
  return field.options?.find((option) => option.value === value)?.label ?? value;
}
