/** How outcomes and their reasons are told, the same in a try and on the page of what was answered. */

import { html } from "lit";
import { t } from "../../texts.js";

export const OUTCOMES = ["answered", "handed_over", "unknown", "refused", "clarified", "dropped", "pending"];
const TONES = { answered: "done", handed_over: "new", refused: "high", unknown: "high" };

/** What became of a question; nothing where answers are off. */
export const outcomeMark = (outcome, mode) =>
  mode === "off"
    ? html`<span class="mark">${t("asi_mode_off")}</span>`
    : html`<span class="mark ${TONES[outcome] ?? ""}">${t(`asi_outcome_${outcome ?? "pending"}`)}</span>`;

/** Why it is no answer. What is not known here is told as it is, for who looks after the service. @param {string} reason */
export function reasonWords(reason) {
  const key = ["model_", "unchecked_"].find(
    (prefix) => reason.startsWith(prefix) && t(`asi_reason_${reason}`) === `asi_reason_${reason}`,
  );
  const own = `asi_reason_${key ? key.slice(0, -1) : reason}`;
  return t(own) === own ? reason : t(own, { reason });
}
