/** The form of what a rule does: actions in their order, each with what it takes. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { icon } from "../icons.js";
import { ACTIONS, optionsOf } from "./fields.js";

const MOST = 20;
const LONGEST = 4000;

/** @param {object[]} actions of a draft @param {{team: object, faults: object, change: () => Promise<unknown>}} form */
export function actionsForm(actions, form) {
  const add = async () => {
    actions.push({ type: "addLabel" });
    await form.change();
    document.querySelector(`#action-${actions.length - 1}`)?.focus();
  };
  return html`
    <ol class="actions">${actions.map((one, place) => actionForm(one, place, actions, form))}</ol>
    ${actions.length < MOST ? html`<div class="row"><button type="button" class="quiet" @click=${add}>+ ${t("told_add_action")}</button></div>` : nothing}`;
}

function actionForm(action, place, actions, form) {
  const id = `action-${place}`;
  const choose = ({ target }) =>
    replace(place, { type: target.value, ...(target.value === "snooze" && { minutes: 60 }) });
  const replace = (at, ...others) => {
    actions.splice(at, 1, ...others);
    form.change();
  };
  const swap = async (by) => {
    [actions[place], actions[place + by]] = [actions[place + by], actions[place]];
    await form.change();
    document.querySelector(`#action-${place + by}`)?.focus();
  };
  const name = t(`told_do_${action.type}`);
  return html`<li><div class="leaf" role="group" aria-label=${`${place + 1}. ${name}`} aria-describedby=${form.faults.has(`then.${place}`) ? `${id}-fault` : nothing}>
    <select id=${id} aria-label=${t("told_action")} @change=${choose}>
      ${Object.keys(ACTIONS).map((type) => html`<option value=${type} ?selected=${type === action.type}>${t(`told_do_${type}`)}</option>`)}
    </select>
    ${valueForm(action, place, form)}
    <span class="row tight">
      ${place > 0 ? html`<button type="button" class="bare" aria-label=${`${t("told_up")}: ${name}`} @click=${() => swap(-1)}>${icon("up")}</button>` : nothing}
      ${place < actions.length - 1 ? html`<button type="button" class="bare" aria-label=${`${t("told_down")}: ${name}`} @click=${() => swap(1)}>${icon("down")}</button>` : nothing}
      ${actions.length > 1 ? html`<button type="button" class="bare" aria-label=${`${t("told_action_remove")}: ${name}`} @click=${() => replace(place)}>${icon("close")}</button>` : nothing}
    </span>
    ${form.faults.at(`then.${place}`, id)}
  </div></li>`;
}

function valueForm(action, place, form) {
  const field = ACTIONS[action.type];
  if (!field) return nothing;
  const isWrong = form.faults.has(`then.${place}`) ? "true" : nothing;
  const label = t(`told_takes_${field}`);
  const take = (value) => {
    action[field] = value;
    form.change();
  };
  if (field === "content")
    return html`<textarea class="words" rows="3" maxlength=${LONGEST} aria-label=${label} placeholder=${label} aria-invalid=${isWrong}
      .value=${action.content ?? ""} @input=${({ target }) => take(target.value)}></textarea>`;
  if (field === "minutes")
    return html`<label class="minutes"><input type="number" min="1" aria-invalid=${isWrong} .value=${String(action.minutes ?? "")}
      @input=${({ target }) => take(target.valueAsNumber || 0)}> ${t("told_minutes")}</label>`;
  const options = optionsOf(field, form.team);
  const isGone = action[field] && !options.some(([key]) => key === action[field]);
  return html`<select aria-label=${label} aria-invalid=${isWrong} @change=${({ target }) => take(target.value)}>
    <option value="" ?selected=${!action[field]}>${t("told_choose")}</option>
    ${options.map(([key, name]) => html`<option value=${key} ?selected=${key === action[field]}>${name}</option>`)}
    ${isGone ? html`<option value=${action[field]} selected>${t("told_gone", { name: action[field] })}</option>` : nothing}
  </select>`;
}
