/** The lines around a text that is being written: what came meanwhile, what another tab has, what is left to fill in. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";

/** What the customer wrote while this was being written. @param {boolean} isWarned whether it was to be sent already */
export const meanwhile = (count, isWarned, seen) => html`<p class="meanwhile" role=${isWarned ? "alert" : "status"}>
  <span>${t("talk_meanwhile", { n: count })}${isWarned ? html` <strong>${t("talk_meanwhile_sure")}</strong>` : nothing}</span>
  <button type="button" class="quiet" @click=${seen}>${t("talk_meanwhile_seen")}</button>
</p>`;

/** @param {import("./writing.js").Writing} writing */
export function otherTab(writing) {
  if (!writing.other) return nothing;
  return html`<p class="meanwhile" role="status">
    <span>${t("talk_other_tab", { text: writing.other.slice(0, 60) })}</span>
    <button type="button" class="quiet" @click=${() => writing.swap()}>${t("talk_other_take")}</button>
    <button type="button" class="quiet" @click=${() => writing.dropOther()}>${t("talk_discard")}</button>
  </p>`;
}

/** @param {{name: string}[]} gaps @param {(gap: object) => void} choose */
export const gapsLine = (gaps, choose) => html`<p class="gaps">${t("talk_gaps")}
  ${gaps.map((gap) => html`<button type="button" class="gap" @click=${() => choose(gap)}>${gapName(gap.name)}</button>`)}
</p>`;

/** How long it is, where that begins to matter. */
export function counter({ length }, most) {
  if (length < most * 0.9) return html`<span class="count"></span>`;
  return html`<span class="count ${length > most ? "over" : ""}">${length} / ${most}</span>`;
}

/** A place of a canned reply as somebody calls it. */
export function gapName(name) {
  const key = `place_${name}`;
  const words = t(key);
  return words === key ? name.replace(/^contact\.attributes\./, "") : words;
}
