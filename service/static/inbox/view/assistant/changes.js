/** What two versions of the assistant's settings say differently, as one reads it: crossed out what is gone, underlined what is new. */

import { html } from "lit";
import { t } from "../../texts.js";
import { comparedLines } from "../articles/diff.js";
import { differing } from "./draft.js";
import { money } from "./money.js";

/** @param {object} before a version, as the API has it @param {object} after another */
export function changes(before, after) {
  const names = differing(before, after);
  if (!names.length) return html`<p class="small">${t("asi_no_changes")}</p>`;
  return html`<dl class="changed">${names.map(
    (name) =>
      html`<div><dt>${t(`asi_${name}`)}</dt><dd>${comparedLines(inLines(name, before[name]), inLines(name, after[name])).map(line)}</dd></div>`,
  )}</dl>`;
}

function inLines(name, value) {
  if (name === "mode") return t(`asi_mode_${value}`);
  if (Array.isArray(value)) return value.join("\n");
  if (name === "greeting") return spoken(value);
  if (name === "handover") return [value.when, spoken(value.words)].filter(Boolean).join("\n");
  if (name === "budgets")
    return ["projectMonth", "memberDay"].map((one) => `${t(`asi_budget_${one}`)}: ${money(value[one])}`).join("\n");
  return value;
}

const spoken = ({ ko, en }) => [ko && `ko: ${ko}`, en && `en: ${en}`].filter(Boolean).join("\n");

const line = (one) => html`<p>${one.kind === "changed" ? one.pieces.map(piece) : piece(one)}</p>`;

function piece({ kind, text }) {
  if (kind === "gone") return html`<del><span class="sr">${t("aud_before")}: </span>${text}</del>`;
  if (kind === "new") return html`<ins><span class="sr">${t("aud_after")}: </span>${text}</ins>`;
  return text;
}
