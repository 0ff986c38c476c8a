/** Opening or closing by hand until a moment, whatever the plan says. It holds at once. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { fullMoment } from "../words.js";
import { faultLine } from "./field.js";
import { clockIn, momentIn } from "./zone.js";

const HOUR = 3_600_000;
const LENGTHS = ["hour", "three", "today", "custom"];

/** @param {object} page hours.js */
export function override(page) {
  const { base, preview, faults } = page;
  return html`<section aria-labelledby="hand-title" class="by-hand">
    <h2 id="hand-title">${t("set_hand")}</h2>
    ${
      preview.overrideOpen === null
        ? form(page)
        : html`<div class="row">
            <p>${t(preview.overrideOpen ? "set_hand_open_until" : "set_hand_closed_until", { at: fullMoment(base.overrideUntil) })}</p>
            <button type="button" ?disabled=${page.isSaving} @click=${() => page.decide(null, null)}>${t("set_hand_end")}</button>
          </div>`
    }
    ${faultLine("hand", faults.overrideUntil)}
  </section>`;
}

function form(page) {
  const zone = page.base.timeZone;
  const chosen = page.hand;
  const put = (values) => {
    Object.assign(chosen, values);
    page.requestUpdate();
  };
  const decide = () => {
    const until = end(chosen, zone);
    if (until && until > new Date()) return page.decide(chosen.what === "open", until);
    page.faults = { ...page.faults, overrideUntil: t("set_fault_overrideUntil") };
    page.requestUpdate();
  };
  return html`<div class="row">
    <select aria-label=${t("set_hand_what")} @change=${({ target }) => put({ what: target.value })}>
      ${["closed", "open"].map((what) => html`<option value=${what} ?selected=${what === chosen.what}>${t(`set_hand_do_${what}`)}</option>`)}
    </select>
    <select aria-label=${t("set_hand_length")} @change=${({ target }) => put({ length: target.value, at: clockIn(zone, Date.now() + 2 * HOUR) })}>
      ${LENGTHS.map((length) => html`<option value=${length} ?selected=${length === chosen.length}>${t(`set_length_${length}`)}</option>`)}
    </select>
    ${
      chosen.length === "custom"
        ? html`<input type="datetime-local" aria-label=${t("set_hand_until")} .value=${chosen.at}
            @change=${({ target }) => put({ at: target.value })}>`
        : nothing
    }
    <button type="button" ?disabled=${page.isSaving} @click=${decide}>${t("set_hand_apply")}</button>
  </div>`;
}

/** When it ends, by the team's clock. @returns {?Date} */
function end({ length, at }, zone) {
  const now = Date.now();
  if (length === "hour" || length === "three") return new Date(now + (length === "hour" ? 1 : 3) * HOUR);
  if (length === "custom") return at ? momentIn(zone, at) : null;
  const tomorrow = new Date(Date.parse(`${clockIn(zone, now).slice(0, 10)}T00:00Z`) + 24 * HOUR);
  return momentIn(zone, tomorrow.toISOString().slice(0, 16));
}
