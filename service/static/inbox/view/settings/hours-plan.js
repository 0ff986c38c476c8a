/** The plan: a time zone, and for each weekday any number of spans; one that ends at or before its beginning ends the next day. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { icon } from "../icons.js";
import { faultLine, tick } from "./field.js";
import { dayInWords, inWords, weekday } from "./told.js";
import { zones } from "./zone.js";

const DAYS = [...Array(7).keys()];
const WORKDAYS = [0, 1, 2, 3, 4];

/** @param {object} page hours.js */
export function plan(page) {
  const { draft, change } = page;
  return html`<section aria-labelledby="plan-title">
    <h2 id="plan-title">${t("set_plan")}</h2>
    ${zone(page)}
    ${tick({
      id: "always-open",
      label: t("set_always_open"),
      isOn: draft.alwaysOpen,
      hint: t("set_always_open_hint"),
      onChange: ({ target }) => change({ alwaysOpen: target.checked }),
    })}
    ${draft.alwaysOpen ? nothing : html`<div class="days">${DAYS.map((number) => day(page, number))}</div>`}
    ${faultLine("spans", page.faults.spans)}
    ${reply(page)}
  </section>`;
}

/** The same for who may only read it. */
export const planInWords = (hours) => html`<section aria-labelledby="plan-title">
  <h2 id="plan-title">${t("set_plan")}</h2>
  <dl class="facts">
    <div><dt>${t("set_zone")}</dt><dd>${hours.timeZone}</dd></div>
    ${
      hours.alwaysOpen
        ? html`<div><dt>${t("set_open")}</dt><dd>${t("set_always_open")}</dd></div>`
        : DAYS.map(
            (n) => html`<div><dt>${weekday(n)}</dt><dd>${dayInWords(hours.spans, n) || t("set_closed")}</dd></div>`,
          )
    }
    <div><dt>${t("set_holidays")}</dt><dd>${inWords("holidays", hours.holidays)}</dd></div>
    <div><dt>${t("set_expected")}</dt><dd>${inWords("expectedReplySeconds", hours.expectedReplySeconds)}</dd></div>
  </dl>
</section>`;

const zone = ({ draft, change, faults }) => html`<div class="field">
  <label for="zone">${t("set_zone")}</label>
  <input id="zone" list="zones" autocomplete="off" spellcheck="false" .value=${draft.timeZone}
    aria-invalid=${faults.timeZone ? "true" : nothing} aria-describedby=${faults.timeZone ? "zone-fault" : nothing}
    @change=${({ target }) => change({ timeZone: target.value.trim() })}>
  <datalist id="zones">${zones().map((name) => html`<option value=${name}></option>`)}</datalist>
  ${faultLine("zone", faults.timeZone)}
</div>`;

const reply = ({ draft, change, faults }) => html`<div class="field narrow">
  <label for="expected">${t("set_expected")}</label>
  <input id="expected" type="number" min="0" max="10080" inputmode="numeric"
    .value=${draft.expectedReplySeconds === null ? "" : String(Math.round(draft.expectedReplySeconds / 60))}
    aria-describedby="expected-hint ${faults.expectedReplySeconds ? "expected-fault" : ""}"
    aria-invalid=${faults.expectedReplySeconds ? "true" : nothing}
    @change=${({ target }) => change({ expectedReplySeconds: target.value === "" ? null : Math.round(Number(target.value) * 60) })}>
  <p class="small" id="expected-hint">${t("set_expected_hint")}</p>
  ${faultLine("expected", faults.expectedReplySeconds)}
</div>`;

function day(page, number) {
  const { draft, change } = page;
  // Where a span stands in the whole list is how the service names it.
  const spans = draft.spans.map((span, place) => ({ ...span, place })).filter((span) => span.weekday === number);
  const last = spans.at(-1);
  const add = () =>
    change({
      spans: [...draft.spans, { weekday: number, from: last?.to ?? "09:00", to: last ? later(last.to) : "18:00" }],
    });
  return html`<div role="group" aria-labelledby="day-${number}">
    <span class="name" id="day-${number}">${weekday(number)}</span>
    <div class="spans">
      ${spans.length ? spans.map((one) => span(page, one)) : html`<span class="small">${t("set_closed")}</span>`}
    </div>
    <div class="row">
      <button type="button" class="quiet" @click=${add}>${t("set_add_span")}<span class="sr">: ${weekday(number)}</span></button>
      ${
        number === 0 && spans.length
          ? html`<button type="button" class="quiet" @click=${() => copy(page)}>${t("set_copy_day")}</button>`
          : nothing
      }
    </div>
  </div>`;
}

function span(page, { place, weekday: number, from, to }) {
  const { draft, change, faults } = page;
  const put = (values) => change({ spans: draft.spans.map((one, at) => (at === place ? { ...one, ...values } : one)) });
  const faulty = ["from", "to"].find((name) => faults[`spans.${place}.${name}`]);
  const fault = faulty && faults[`spans.${place}.${faulty}`];
  const time = (name, value) => html`<input type="time" required .value=${value}
    aria-label="${weekday(number)} ${t(`set_${name}`)}"
    aria-invalid=${faults[`spans.${place}.${name}`] ? "true" : nothing} aria-describedby=${fault ? `span-${place}-fault` : nothing}
    @change=${({ target }) => put({ [name]: target.value })}>`;
  return html`<div class="span">
    ${time("from", from)} <span aria-hidden="true">–</span> ${time("to", to)}
    ${to && from && to <= from ? html`<span class="mark">${t("set_overnight")}</span>` : nothing}
    <button type="button" class="bare" aria-label=${t("set_remove_span", { day: weekday(number), from, to })}
      @click=${() => change({ spans: draft.spans.filter((_, at) => at !== place) })}>${icon("close")}</button>
    ${faultLine(`span-${place}`, fault)}
  </div>`;
}

/** What Monday has, for every workday. */
function copy({ draft, change }) {
  const monday = draft.spans.filter((span) => span.weekday === 0);
  const others = draft.spans.filter((span) => !WORKDAYS.includes(span.weekday));
  change({ spans: [...WORKDAYS.flatMap((number) => monday.map((one) => ({ ...one, weekday: number }))), ...others] });
}

/** Some hours after a time of day, on that day. */
const later = (clock) =>
  `${String(Math.min(Number(clock.slice(0, 2)) + 3, 23)).padStart(2, "0")}:${clock.slice(3) || "00"}`;
