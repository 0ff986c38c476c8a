/** What became of an import, in words: as a whole, and of each article. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";

/** What asks for somebody comes first. */
export const OUTCOMES = ["refused", "kept", "added", "changed", "removed", "missing", "unchanged"];
const TONES = { done: "done", failed: "urgent", running: "new", waiting: "new", cancelled: "" };

export const isGoing = ({ state }) => state === "waiting" || state === "running";

export const stateMark = ({ state }) => html`<span class="mark ${TONES[state]}">${t(`art_state_${state}`)}</span>`;

/** How many of each, in a line. @param {Record<string, number>} counts */
export const summary = (counts) =>
  OUTCOMES.filter((one) => counts[one])
    .map((one) => `${t(`art_outcome_${one}`)} ${counts[one]}`)
    .join(" · ") || t("set_nothing");

/** Why something was refused. @param {?string} reason */
export const reasonText = (reason) => {
  const key = `art_reason_${reason}`;
  return t(key) === key ? reason : t(key);
};

/** Those of one outcome. @param {object[]} items @param {(item: object) => ?string} addressOf of its article */
export const group = (outcome, items, addressOf) => html`<details class="outcome" ?open=${outcome !== "unchanged"}>
  <summary><h2>${t(`art_outcome_${outcome}`)} <span class="count">${items.length}</span></h2></summary>
  <p class="small">${t(`art_outcome_${outcome}_hint`)}</p>
  <ul>${items.map(
    (one) => html`<li>
      ${one.articleId && outcome !== "removed" ? html`<a href=${addressOf(one)}>${one.title ?? one.source}</a>` : html`<strong>${one.title ?? one.source}</strong>`}
      ${one.title ? html`<span class="small address">${one.source}</span>` : nothing}
      ${one.reason ? html`<span class="fault">${reasonText(one.reason)}</span>` : nothing}
    </li>`,
  )}</ul>
</details>`;
