/** Forms: fields to fill in, and afterwards what was filled in. Which values are right for good, the store decides. */

import { faultOf } from "../engine.js";
import { button, h, insert, set, setText, unseen } from "./dom.js";
import { icon } from "./icons.js";

let count = 0;

/** @param {object} message @param {object} context of the panel @returns {{node: HTMLElement, update: (item: object) => void}} */
export function formView(message, { chat, texts, write }) {
  const draft = chat.drafts.get(message.id) ?? {};
  const rows = message.payload.fields.map((field) => rowView(field, draft[field.name], texts));
  const [summary, tell] = faultView({ role: "alert" });
  const submit = h("button", { class: "primary" });
  const values = () =>
    Object.fromEntries(rows.map((row) => [row.field.name, row.value()]).filter(([, value]) => value !== ""));
  const show = (faults) => {
    const wrong = rows.filter((row) => row.show(faults(row)));
    tell(wrong.length ? texts.formFaults : "");
    wrong[0]?.control.focus();
    return wrong.length > 0;
  };
  const onsubmit = (event) => {
    event.preventDefault();
    if (!show((row) => ownFault(row, texts)))
      chat.turns.send({ type: "form", messageId: message.id, values: values() }, texts.formSent);
  };
  const oninput = () => {
    chat.drafts.set(message.id, values());
    if (!rows.some((row) => row.control.ariaInvalid)) tell("");
  };
  // While it waits there is no input below (composer.js), and this is the way to it.
  const onclick = () => {
    chat.turns.setAside(message.id);
    queueMicrotask(write); // when that is drawn
  };
  const aside = button({ class: "link aside", text: texts.aside, onclick });
  const node = h(
    "form",
    { class: "card", novalidate: true, "aria-label": message.content || texts.formPreview, onsubmit, oninput },
    message.content && h("p", { class: "lead", dir: "auto", text: message.content }),
    summary,
    ...rows.map((row) => row.node),
    submit,
    aside,
  );
  let shown;
  const update = ({ isTaken, isLocked }) => {
    for (const control of [submit, ...rows.map((row) => row.control)]) control.disabled = isTaken || isLocked;
    setText(submit, isTaken ? texts.sending : texts.send);
    if (isLocked) tell(texts.lockedForm);
    aside.hidden = isTaken || isLocked || chat.turns.waiting?.id !== message.id;
    const faults = chat.turns.formFaults.get(message.id);
    if (faults && faults !== shown)
      queueMicrotask(() => show(({ field }) => faults.find((one) => one.field.endsWith(`.${field.name}`))?.message));
    shown = faults;
  };
  return { node, update };
}

// The worst slips only; the form's own rule comes with the flow, and the service has it.
const ADDRESS = /[^\s@＠][@＠][^\s@＠]+[.。．｡][^\s@＠]/;

function ownFault({ field, control, value }, texts) {
  const [fault, n] = faultOf(field, value(), {}, " \t\n\r\u00a0\u3000");
  const isSlip = field.type === "email" && value() && !ADDRESS.test(value());
  const name = fault || (isSlip ? "email" : control.validity.valid ? "" : control.type);
  return name && insert(texts.faults[name] ?? texts.faults.required, { n });
}

/** A place for what is wrong: not by its colour alone. @returns {[HTMLElement, (text: string) => void]} */
function faultView(props) {
  const text = h("span");
  const node = h("p", { class: "fault", ...props }, text, icon("alert"));
  return [node, (fault) => setText(text, fault)];
}

function rowView(field, drafted, texts) {
  count += 1;
  const id = `munui-${count}`;
  const isBox = field.type === "checkbox";
  const control = controlOf(field, id, texts);
  const [fault, tell] = faultView({ id: `${id}-fault` });
  const help = field.help && h("p", { class: "help", id: `${id}-help`, text: field.help });
  const label = h(
    "label",
    { for: id },
    field.label,
    !field.required && !isBox && h("span", { class: "help", text: texts.optional }),
  );
  if (drafted) Object.assign(control, isBox ? { checked: drafted } : { value: drafted });
  const show = (text) => {
    tell(text || "");
    set(control, "aria-invalid", text ? "true" : null);
    return text;
  };
  set(control, "aria-describedby", help ? `${fault.id} ${help.id}` : fault.id);
  control.addEventListener("input", () => show(""));
  const node = h(
    "div",
    { class: `field ${field.type}` },
    ...(isBox ? [control, label] : [label, control]),
    help,
    fault,
  );
  return { field, node, control, show, value: () => (isBox ? control.checked : control.value) };
}

function controlOf({ name, type, required, placeholder, autocomplete, options }, id, texts) {
  const props = { id, name, class: "control", required, placeholder, autocomplete, dir: "auto" };
  if (type === "textarea") return h(type, { ...props, rows: 4 });
  if (type === "select")
    return h(
      type,
      props,
      h("option", { value: "", text: texts.choose }),
      ...options.map(({ value, label }) => h("option", { value, text: label })),
    );
  // Not of the type "email": browsers refuse letters before the @ there, and change those after it behind one's back.
  if (type === "email") return h("input", { ...props, inputmode: "email", autocapitalize: "off", spellcheck: "false" });
  return h("input", { ...props, type: type === "phone" ? "tel" : type });
}

const name = ({ short, label }) => short ?? label;

/** @param {object} message an answered form @returns {HTMLElement} */
export function summaryView({ payload, answer }, { texts }) {
  const values = answer?.values ?? {};
  const shown = ({ name, options }) => options?.find((one) => one.value === values[name])?.label ?? values[name];
  const row = (field) =>
    values[field.name] === true
      ? h("div", { class: "agreed" }, h("dt", { text: name(field) }), h("dd", {}, icon("check"), unseen(texts.yes)))
      : h("div", {}, h("dt", { text: name(field) }), h("dd", { dir: "auto", text: shown(field) }));
  const rows = payload.fields.filter(({ name }) => values[name]).map(row);
  return h(
    "div",
    { class: "card summary" },
    h("p", { class: "lead" }, icon("check"), texts.submitted),
    rows[0] && h("dl", {}, ...rows),
  );
}
