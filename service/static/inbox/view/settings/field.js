/** Fields of forms: a name, what is typed, what is wrong with it, said where it is. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";

/**
 * What is wrong, by field, in this language. The service names each field by its path (`spans.3.from`).
 * @param {{errors?: {field: string}[]}} problem @returns {Record<string, string>}
 */
export function faultsOf({ errors = [] }) {
  return Object.fromEntries(errors.map(({ field }) => [field, t(keyOf(field))]));
}

const KNOWN = new Set(
  "timeZone spans from to holidays date name overrideUntil expectedReplySeconds email displayName avatarUrl role isActive color shortcut content userId url webhookId".split(
    " ",
  ),
);
const keyOf = (path) => {
  const name = path.split(".").findLast((part) => KNOWN.has(part));
  return name ? `set_fault_${name}` : "problem_invalid";
};

/** The line under a field that says what is wrong with it; a field names it by `aria-describedby`. @param {string} id of the field */
export const faultLine = (id, fault) => (fault ? html`<p class="fault" id="${id}-fault">${fault}</p>` : nothing);

/**
 * A line to type into.
 * @param {{id: string, name: string, label: string, value?: ?string, type?: string, hint?: string, fault?: string, max?: number,
 *   isRequired?: boolean, autocomplete?: string}} field
 */
export const line = ({ id, name, label, value, type = "text", hint, fault, max, isRequired = false }) => html`
  <div class="field">
    <label for=${id}>${label}</label>
    <input id=${id} name=${name} type=${type} .value=${value ?? ""} maxlength=${max ?? nothing} ?required=${isRequired}
      autocomplete="off"
      aria-invalid=${fault ? "true" : nothing} aria-describedby=${describedBy(id, hint, fault)}>
    ${hintLine(id, hint)}${faultLine(id, fault)}
  </div>`;

/** Some lines to type into. */
export const area = ({ id, name, label, value, hint, fault, max }) => html`
  <div class="field">
    <label for=${id}>${label}</label>
    <textarea id=${id} name=${name} rows="7" maxlength=${max ?? nothing} .value=${value ?? ""}
      aria-invalid=${fault ? "true" : nothing} aria-describedby=${describedBy(id, hint, fault)}></textarea>
    ${hintLine(id, hint)}${faultLine(id, fault)}
  </div>`;

/** One of several. @param {[string, string][]} options value and text */
export const choice = ({ id, name, label, value, options, hint, fault }) => html`
  <div class="field">
    <label for=${id}>${label}</label>
    <select id=${id} name=${name} aria-invalid=${fault ? "true" : nothing} aria-describedby=${describedBy(id, hint, fault)}>
      ${options.map(([option, text]) => html`<option value=${option} .selected=${option === value}>${text}</option>`)}
    </select>
    ${hintLine(id, hint)}${faultLine(id, fault)}
  </div>`;

/** Yes or no. */
export const tick = ({ id, name, label, isOn, hint, fault, onChange }) => html`
  <div class="field tick">
    <label for=${id}><input type="checkbox" id=${id} name=${name} .checked=${isOn} @change=${onChange ?? nothing}
      aria-describedby=${describedBy(id, hint, fault)}> <span>${label}</span></label>
    ${hintLine(id, hint)}${faultLine(id, fault)}
  </div>`;

const hintLine = (id, hint) => (hint ? html`<p class="small" id="${id}-hint">${hint}</p>` : nothing);
const describedBy = (id, hint, fault) =>
  [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ") || nothing;
