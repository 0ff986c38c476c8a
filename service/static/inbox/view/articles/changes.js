/** What is otherwise in an article, as one reads it: crossed out what is gone, underlined what is new, the rest in short. */

import { html } from "lit";
import { t } from "../../texts.js";
import { comparedLines } from "./diff.js";
import { inWords } from "./text.js";

/** Lines that stay around a change. */
const NEAR = 2;
const CHOICES = ["status", "audience", "locale"];

/** @param {object} before an article or a version of it; fields that one of both has not are passed over @param {object} after */
export function changes(before, after) {
  const choices = CHOICES.filter((name) => before[name] && after[name] && before[name] !== after[name]);
  const texts = ["title", "questions", "body"].filter((name) => inLines(before[name]) !== inLines(after[name]));
  if (!choices.length && !texts.length) return html`<p class="small">${t("art_no_changes")}</p>`;
  return html`<dl class="changed">
    ${texts.map((name) => part(name, lines(comparedLines(inLines(before[name]), inLines(after[name])))))}
    ${choices.map((name) => part(name, html`<p>${piece({ kind: "gone", text: inWords(name, before[name]) })} ${piece({ kind: "new", text: inWords(name, after[name]) })}</p>`))}
  </dl>`;
}

const inLines = (value) => (Array.isArray(value) ? value.join("\n") : value);
const part = (name, content) => html`<div><dt>${t(`art_${name}`)}</dt><dd>${content}</dd></div>`;

function lines(all) {
  const isNear = all.map((_, at) =>
    all.slice(Math.max(0, at - NEAR), at + NEAR + 1).some(({ kind }) => kind !== "same"),
  );
  const shown = [];
  let hidden = 0;
  all.forEach((one, at) => {
    if (!isNear[at]) hidden += 1;
    if (hidden && (isNear[at] || at === all.length - 1))
      shown.push(html`<p class="skipped">${t("art_same_lines", { n: hidden })}</p>`);
    if (isNear[at]) {
      hidden = 0;
      shown.push(html`<p>${one.kind === "changed" ? pieces(one.pieces) : piece(one)}</p>`);
    }
  });
  return shown;
}

const pieces = (all) => all.map(piece);

function piece({ kind, text }) {
  if (kind === "gone") return html`<del><span class="sr">${t("art_gone")}: </span>${text}</del>`;
  if (kind === "new") return html`<ins><span class="sr">${t("art_new")}: </span>${text}</ins>`;
  return text;
}
