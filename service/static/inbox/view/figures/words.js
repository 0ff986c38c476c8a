/** How figures are told: times in two units, shares, scores. */

import { locale, t } from "../../texts.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });

export const number = (value) => numbers.format(value);

/** So many seconds, in the two largest units that tell something. @param {?number} seconds */
export function lasted(seconds) {
  if (seconds == null) return t("fig_no_time");
  if (seconds < MINUTE) return t("fig_secs", { n: Math.round(seconds) });
  const whole = Math.round(seconds / MINUTE) * MINUTE;
  if (whole < HOUR) return t("fig_minutes", { n: whole / MINUTE });
  const [large, small, unit] = whole < DAY ? [HOUR, MINUTE, "hours"] : [DAY, HOUR, "days"];
  const rest = Math.floor((whole % large) / small);
  return t(rest ? `fig_lasted_${unit}_and` : `fig_lasted_${unit}`, { n: Math.floor(whole / large), rest });
}

/** A day as the lower edge of a plot tells it. @param {string} date */
export const shortDay = (date) => date.slice(5).split("-").map(Number).join("/");
