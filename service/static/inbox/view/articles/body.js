/** The text of an article, and beside it how it will look; where there is no room, one of them at a time. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { faultLine } from "../settings/field.js";

const LONGEST = 50_000;
const SIDES = ["write", "look"];
/** What is put around a choice, or before a line. */
const MARKS = [
  { name: "heading", before: "## ", isLine: true },
  { name: "bold", before: "**", after: "**" },
  { name: "list", before: "- ", isLine: true },
  { name: "link", before: "[", after: "](https://)" },
];

/**
 * @param {{text: string, lang: string, side: string, preview: import("./preview.js").Preview, fault?: string,
 *   change: (text: string) => void, show: (side: string) => void}} form
 */
export function bodyForm({ text, lang, side, preview, fault, change, show }) {
  const mark = (event, how) => {
    const area = event.target.closest(".sides").querySelector("textarea");
    put(area, how);
    change(area.value);
  };
  return html`<div class="sides" data-side=${side}>
    <div class="switcher" role="group" aria-label=${t("art_sides")}>
      ${SIDES.map((one) => html`<button type="button" class="chip" aria-pressed=${one === side} @click=${() => show(one)}>${t(`art_side_${one}`)}</button>`)}
    </div>
    <div class="side write">
      <div class="above"><label for="body">${t("art_body")}</label>
        <div class="row tight" role="group" aria-label=${t("art_marks")}>${MARKS.map((how) => html`<button type="button" class="chip" @click=${(event) => mark(event, how)}>${t(`art_mark_${how.name}`)}</button>`)}</div></div>
      <textarea id="body" name="body" rows="18" maxlength=${LONGEST} lang=${lang} .value=${text} aria-invalid=${fault ? "true" : nothing}
        aria-describedby="body-hint${fault ? " body-fault" : ""}" @input=${({ target }) => change(target.value)}></textarea>
      <p class="small" id="body-hint">${t("art_body_hint")}</p>${faultLine("body", fault)}
    </div>
    <section class="side look" aria-labelledby="look-title">
      <div class="above"><h2 id="look-title">${t("art_side_look")}</h2>${preview.isFailed ? html`<span class="fault" role="status">${t("art_look_failed")}</span>` : nothing}</div>
      ${looks(preview, lang)}
    </section>
  </div>`;
}

/** The text as customers read it. @param {import("./preview.js").Preview} preview @param {string} lang */
export const looks = (
  preview,
  lang,
) => html`<div class="article" lang=${lang} tabindex="0" role="group" aria-label=${t("art_side_look")}>
  ${preview.isEmpty ? html`<p class="small">${t("art_look_empty")}</p>` : preview.content}
</div>`;

function put(area, { before, after = "", isLine = false }) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const from = isLine ? value.slice(0, start).lastIndexOf("\n") + 1 : start;
  const chosen = value.slice(from, end);
  const lines = isLine ? chosen.replace(/^/gm, before) : `${before}${chosen}${after}`;
  area.setRangeText(lines, from, end, "end");
  // Between the marks there is to be written.
  if (!isLine && !chosen) area.setSelectionRange(from + before.length, from + before.length);
  area.focus();
}
