/**
 * Times and days in the visitor's own time zone and language.
 */

const formats = new Map();

function format(locale, name, options) {
  const key = locale + name;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, options));
  return formats.get(key);
}

/** @param {string} at RFC 3339 @param {string} locale @returns {string} such as 오후 2:05 */
export const clock = (at, locale) => format(locale, "clock", { hour: "numeric", minute: "2-digit" }).format(new Date(at));

/** @param {string} at @returns {string} one value for each day of the visitor's calendar */
export const dayOf = (at) => new Date(at).toDateString();

/** @param {string} at @param {string} locale @param {{today: string, yesterday: string}} texts @returns {string} */
export function dayName(at, locale, texts) {
  const now = new Date();
  if (dayOf(at) === now.toDateString()) return texts.today;
  if (dayOf(at) === new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1).toDateString()) return texts.yesterday;
  return format(locale, "day", { year: "numeric", month: "long", day: "numeric", weekday: "short" }).format(new Date(at));
}

/** @param {string} at @param {string} locale @returns {string} the time for today, else the date */
export const brief = (at, locale) =>
  dayOf(at) === new Date().toDateString() ? clock(at, locale) : format(locale, "brief", { month: "short", day: "numeric" }).format(new Date(at));
