/** Days on which nobody answers, with their names. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { icon } from "../icons.js";
import { faultLine } from "./field.js";
import { clockIn } from "./zone.js";

const LONGEST_NAME = 80;
const DAY = 24 * 3_600_000;

/** @param {object} page hours.js */
export function holidays(page) {
  const { draft, change, faults } = page;
  const add = () => change({ holidays: [...draft.holidays, { date: next(draft), name: null }] });
  return html`<section aria-labelledby="holidays-title">
    <h2 id="holidays-title">${t("set_holidays")}</h2>
    ${draft.holidays.length ? html`<ul class="holidays">${draft.holidays.map((one, place) => holiday(page, one, place))}</ul>` : html`<p class="small">${t("set_no_holidays")}</p>`}
    ${faultLine("holidays", faults.holidays)}
    <button type="button" class="quiet" @click=${add}>${t("set_add_holiday")}</button>
  </section>`;
}

function holiday({ draft, change, faults }, { date, name }, place) {
  const put = (values) =>
    change({ holidays: draft.holidays.map((one, at) => (at === place ? { ...one, ...values } : one)) });
  const faulty = ["date", "name"].find((field) => faults[`holidays.${place}.${field}`]);
  const fault = faulty && faults[`holidays.${place}.${faulty}`];
  const at = fault ? `holiday-${place}-fault` : nothing;
  return html`<li>
    <input type="date" required .value=${date} aria-label=${t("set_holiday_date")} aria-describedby=${at}
      aria-invalid=${faulty === "date" ? "true" : nothing} @change=${({ target }) => put({ date: target.value })}>
    <input type="text" maxlength=${LONGEST_NAME} autocomplete="off" .value=${name ?? ""} placeholder=${t("set_holiday_name")}
      aria-label=${t("set_holiday_name")} aria-describedby=${at} aria-invalid=${faulty === "name" ? "true" : nothing}
      @change=${({ target }) => put({ name: target.value.trim() || null })}>
    <button type="button" class="bare" aria-label=${t("set_remove_holiday", { name: name ?? date })}
      @click=${() => change({ holidays: draft.holidays.filter((_, other) => other !== place) })}>${icon("close")}</button>
    ${faultLine(`holiday-${place}`, fault)}
  </li>`;
}

/** The day after the last one that is named, or tomorrow. */
function next({ holidays, timeZone }) {
  const last = [...holidays.map(({ date }) => date)].sort().at(-1);
  return last
    ? clockIn("UTC", Date.parse(`${last}T00:00Z`) + DAY).slice(0, 10)
    : clockIn(timeZone, Date.now() + DAY).slice(0, 10);
}
