/** The form of a condition: groups within groups, and in each its conditions. */

import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../../texts.js";
import { icon } from "../icons.js";
import { group, leaf } from "./draft.js";
import { FIELDS, fieldName, isOwn } from "./fields.js";

/** As deep as the service takes it. */
const DEEPEST = 7;

/**
 * @param {object} node a group of a draft
 * @param {{team: object, faults: import("./faults.js").Faults, places: Map<number, string>, change: () => Promise<unknown>}} form
 */
export function groupForm(node, form, { depth = 1, remove = null } = {}) {
  const id = `group-${node.id}`;
  const pick = ({ target }) => set(node, { kind: target.value }, form);
  const add = async (item) => {
    node.items.push(item);
    await form.change();
    document.querySelector(`#field-${item.id}, #group-${item.id}`)?.focus();
  };
  const drop = async (item) => {
    node.items.splice(node.items.indexOf(item), 1);
    await form.change();
    document.querySelector(`#${id}`)?.focus();
  };
  return html`<div class="group" role="group" aria-labelledby=${`${id}-name`}>
    <div class="row">
      <label class="sr" id=${`${id}-name`} for=${id}>${t(depth === 1 ? "told_group" : "told_group_inner")}</label>
      <select id=${id} @change=${pick}>
        ${["all", "any", "none"].map((kind) => html`<option value=${kind} ?selected=${node.kind === kind}>${t(`told_group_${kind}`)}</option>`)}
      </select>
      ${remove ? html`<button type="button" class="bare" aria-label=${t("told_group_remove")} @click=${remove}>${icon("close")}</button>` : nothing}
    </div>
    ${node.items.length ? nothing : html`<p class="small">${t(node.kind === "any" ? "told_empty_any" : "told_empty")}</p>`}
    ${repeat(
      node.items,
      (one) => one.id,
      (one) =>
        one.kind === "leaf"
          ? leafForm(one, form, () => drop(one))
          : groupForm(one, form, { depth: depth + 1, remove: () => drop(one) }),
    )}
    <div class="row">
      <button type="button" class="quiet" @click=${() => add(leaf())}>+ ${t("told_add_condition")}</button>
      ${depth < DEEPEST ? html`<button type="button" class="quiet" @click=${() => add(group("any", [leaf()]))}>+ ${t("told_add_group")}</button>` : nothing}
    </div>
  </div>`;
}

function leafForm(node, form, remove) {
  const place = form.places.get(node.id);
  const { ops } = FIELDS[node.field] ?? FIELDS["message.content"];
  const told = form.faults.has(place) ? `leaf-${node.id}-fault` : nothing;
  return html`<div class="leaf" role="group" aria-label=${fieldName(node.field + node.own)} aria-describedby=${told}>
    <select id=${`field-${node.id}`} aria-label=${t("told_field")} @change=${({ target }) => chooseField(node, target.value, form)}>
      ${Object.keys(FIELDS).map((name) => html`<option value=${name} ?selected=${name === node.field}>${fieldName(name)}</option>`)}
    </select>
    ${isOwn(node.field) ? html`<input aria-label=${t("told_own")} placeholder=${t("told_own")} maxlength="100" .value=${node.own} @input=${({ target }) => set(node, { own: target.value }, form)}>` : nothing}
    ${
      ops.length > 1
        ? html`<select aria-label=${t("told_op")} @change=${({ target }) => chooseOp(node, target.value, form)}>
            ${ops.map((op) => html`<option value=${op} ?selected=${op === node.op}>${t(`told_op_${op}`)}</option>`)}
          </select>`
        : nothing
    }
    ${valueForm(node, form)}
    <button type="button" class="bare" aria-label=${`${t("told_condition_remove")}: ${fieldName(node.field + node.own)}`} @click=${remove}>${icon("close")}</button>
    ${form.faults.at(place, `leaf-${node.id}`)}
  </div>`;
}

function valueForm(node, form) {
  const { options, isTruth } = FIELDS[node.field];
  const isWrong = form.faults.has(form.places.get(node.id)) ? "true" : nothing;
  const take = (value) => set(node, { value }, form);
  if (isTruth || node.op === "present") {
    const [yes, no] = isTruth ? ["set_yes", "set_no"] : ["told_is_there", "told_is_not_there"];
    return html`<select aria-label=${t("told_value")} @change=${({ target }) => take(target.value === "yes")}>
      <option value="yes" ?selected=${node.value === true}>${t(yes)}</option>
      <option value="no" ?selected=${node.value !== true}>${t(no)}</option>
    </select>`;
  }
  if (node.op === "olderThan")
    return html`<label class="minutes"><input type="number" min="1" aria-invalid=${isWrong} .value=${String(node.value)}
      @input=${({ target }) => take(target.valueAsNumber || 0)}> ${t("told_minutes")}</label>`;
  if (node.op === "in" && options) return several(node, optionsWith(node, form), take);
  if (node.op === "in")
    return html`<textarea rows="3" aria-label=${t("told_values")} placeholder=${t("told_values")} aria-invalid=${isWrong}
      .value=${node.value.join("\n")} @change=${({ target }) => take(lines(target.value))}></textarea>`;
  if (options)
    return html`<select aria-label=${t("told_value")} aria-invalid=${isWrong} @change=${({ target }) => take(target.value)}>
      <option value="" ?selected=${node.value === ""}>${t("told_choose")}</option>
      ${optionsWith(node, form).map(([key, name]) => html`<option value=${key} ?selected=${key === String(node.value)}>${name}</option>`)}
    </select>`;
  return html`<input class="words" aria-label=${t("told_value")} maxlength="1000" aria-invalid=${isWrong} .value=${String(node.value)}
    @input=${({ target }) => take(target.value)}>`;
}

const several = (node, options, take) => html`<fieldset class="several">
  <legend class="sr">${t("told_value")}</legend>
  ${options.map(
    ([key, name]) =>
      html`<label><input type="checkbox" .checked=${node.value.includes(key)} @change=${({ target }) => take(target.checked ? [...node.value, key] : node.value.filter((one) => one !== key))}> ${name}</label>`,
  )}
</fieldset>`;

/** What there is to choose, and what is chosen and not there any more. */
function optionsWith(node, { team }) {
  const options = FIELDS[node.field].options(team);
  const missing = [node.value].flat().filter((one) => one !== "" && !options.some(([key]) => key === String(one)));
  return [...options, ...missing.map((one) => [String(one), String(one)])];
}

function chooseField(node, field, form) {
  const { ops } = FIELDS[field];
  const op = ops.includes(node.op) ? node.op : ops[0];
  set(node, { field, own: "", op, value: emptyOf(field, op) }, form);
}

const chooseOp = (node, op, form) => {
  const isSame = kindOf(op) === kindOf(node.op);
  set(node, { op, value: isSame ? node.value : emptyOf(node.field, op) }, form);
};

const kindOf = (op) => (["in", "present", "olderThan"].includes(op) ? op : "one");
function emptyOf(field, op) {
  if (op === "in") return [];
  if (op === "olderThan") return 10;
  return op === "present" || FIELDS[field].isTruth ? true : "";
}

const lines = (text) =>
  text
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean);

function set(node, changes, form) {
  Object.assign(node, changes);
  form.change();
}
