/** This week as a picture: a line a day, what is open, what was decided by hand, and now. Everything in it is said in words, too. */

import { html, nothing, svg } from "lit";
import { locale, t } from "../../texts.js";
import { clockIn } from "./zone.js";

const DAY = 24 * 60;
const HOURS = [0, 6, 12, 18, 24];

/** @param {object} preview as `POST /hours/preview` answers */
export function week({ days, now, timeZone, overrideOpen }) {
  const shown = clockIn(timeZone, new Date(now)).slice(11);
  return html`<figure class="week">
    <div class="hours" aria-hidden="true">${HOURS.map((hour) => html`<span>${hour}</span>`)}</div>
    <ol>
      ${days.map((day) => line(day, shown, overrideOpen))}
    </ol>
    <figcaption class="small">
      <span><i class="key open"></i>${t("set_open")}</span>
      <span><i class="key holiday"></i>${t("set_holiday")}</span>
      ${overrideOpen === null ? nothing : html`<span><i class="key hand"></i>${t("set_by_hand")}</span>`}
      <span><i class="key now"></i>${t("set_now")}</span>
    </figcaption>
  </figure>`;
}

/** A day of a calendar by its weekday and number, as short as a line is. @param {string} date */
const dayName = (date) => {
  const day = new Date(`${date}T00:00Z`);
  return `${new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }).format(day)} ${day.getUTCDate()}`;
};

const line = (day, now, overrideOpen) => html`<li class=${day.isToday ? "today" : ""}>
  <span class="day">${dayName(day.date)}</span>
  <svg viewBox="0 0 ${DAY} 24" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    <rect class=${day.isHoliday ? "holiday" : "closed"} width=${DAY} height="24" />
    ${day.open.map((span) => bar("open", span))}
    ${day.overridden ? bar(overrideOpen ? "hand open" : "hand", day.overridden) : nothing}
    ${[6, 12, 18].map((hour) => svg`<path class="tick" d="M${hour * 60} 0v24" />`)}
    ${day.isToday ? svg`<path class="now" d="M${minutes(now)} 0v24" />` : nothing}
  </svg>
  <span class="said">${inWords(day, overrideOpen)}</span>
</li>`;

const bar = (kind, { from, to }) =>
  svg`<rect class=${kind} x=${minutes(from)} width=${Math.max(minutes(to) - minutes(from), 4)} height="24" />`;

const minutes = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

function inWords({ open, isHoliday, holiday, overridden }, overrideOpen) {
  const spans = open.map(({ from, to }) => `${from}–${to}`).join(", ");
  const plan = isHoliday ? (holiday ?? t("set_holiday")) : spans || t("set_closed");
  if (!overridden) return plan;
  const hand = t(overrideOpen ? "set_hand_open" : "set_hand_closed");
  return `${plan} · ${hand} ${overridden.from}–${overridden.to}`;
}
