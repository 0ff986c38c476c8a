/** The questions that an article answers, a line each: Enter begins the next, and one that is removed hands the keyboard on. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { icon } from "../icons.js";
import { faultLine } from "../settings/field.js";

const LONGEST = 300;
const MOST = 50;

/** @param {import("../element.js").View} host @param {string[]} questions @param {(questions: string[]) => void} change @param {string} [fault] */
export function questionsForm(host, questions, change, fault) {
  const focus = async (place) => {
    await host.updateComplete;
    (host.querySelector(`[data-question="${place}"]`) ?? host.querySelector("[data-add]"))?.focus();
  };
  const add = (place) => {
    if (questions.length >= MOST) return;
    change(questions.toSpliced(place, 0, ""));
    focus(place);
  };
  const remove = (place) => {
    change(questions.toSpliced(place, 1));
    focus(Math.min(place, questions.length - 2));
  };
  const pressed = (event, place) => {
    if (event.isComposing || event.keyCode === 229 || event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    add(place + 1);
  };
  return html`<fieldset class="part questions" aria-describedby=${fault ? "questions-fault" : nothing}>
    <legend>${t("art_questions")}</legend>
    <p class="small">${t("art_questions_hint")}</p>
    ${questions.map(
      (one, place) => html`<div class="line">
        <input data-question=${place} maxlength=${LONGEST} .value=${one} aria-label=${t("art_question_n", { n: place + 1 })} aria-invalid=${fault ? "true" : nothing}
          @input=${({ target }) => change(questions.with(place, target.value))} @keydown=${(event) => pressed(event, place)}>
        <button type="button" class="bare" aria-label=${t("art_question_remove", { n: place + 1 })} @click=${() => remove(place)}>${icon("close")}</button>
      </div>`,
    )}
    ${faultLine("questions", fault)}
    <p><button type="button" data-add ?disabled=${questions.length >= MOST} @click=${() => add(questions.length)}>${t("art_question_add")}</button></p>
  </fieldset>`;
}
