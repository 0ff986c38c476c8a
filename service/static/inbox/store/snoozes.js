/** Until when a conversation may sleep: later today, the next morning on which the team works, the next week. Pure. */

const DAY = 86_400_000;
/** Where the team's hours say nothing. */
const MORNING = "09:00";
const LATER = 3 * 3_600_000;
const HALF = 1_800_000;

/**
 * @param {{timeZone: string, spans: {weekday: number, from: string}[], holidays: {date: string}[], alwaysOpen: boolean}} hours
 * @param {Date} now @returns {{key: "later"|"tomorrow"|"week", at: Date}[]}
 */
export function presets(hours, now) {
  const today = wallOf(now, hours.timeZone);
  const later = new Date(Math.ceil((now.getTime() + LATER) / HALF) * HALF);
  const monday = 7 - weekdayOf(today);
  const found = [
    { key: "later", at: wallOf(later, hours.timeZone) - startOf(today) < DAY ? later : null },
    { key: "tomorrow", at: morning(hours, startOf(today) + DAY) },
    { key: "week", at: morning(hours, startOf(today) + monday * DAY) },
  ];
  const told = found.filter(({ at }) => at);
  // On a Friday the next morning is next week's.
  return told.filter(({ at }, index) => told.findIndex((one) => one.at.getTime() === at.getTime()) === index);
}

/** When the team begins to work on this day, or on the first one after it. @param {number} day a wall's clock, in milliseconds */
function morning({ timeZone, spans, holidays, alwaysOpen }, day) {
  const closed = new Set(holidays.map(({ date }) => date));
  for (let at = day; at < day + 28 * DAY; at += DAY) {
    const opens = spans.filter(({ weekday }) => weekday === weekdayOf(at)).map(({ from }) => from);
    const isOpen =
      alwaysOpen || !spans.length ? true : opens.length && !closed.has(new Date(at).toISOString().slice(0, 10));
    if (!isOpen) continue;
    const [hour, minute] = (alwaysOpen || !opens.length ? MORNING : opens.sort()[0]).split(":").map(Number);
    return instantOf(at + (hour * 60 + minute) * 60_000, timeZone);
  }
  return null;
}

/** What a clock on the wall shows there, as if it were in UTC. */
function wallOf(moment, timeZone) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(moment);
  const [year, month, day, hour, minute, second] = ["year", "month", "day", "hour", "minute", "second"].map((type) =>
    Number(parts.find((part) => part.type === type).value),
  );
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** When a clock on the wall shows this; twice, because the offset may change in between. */
function instantOf(wall, timeZone) {
  const near = wall - (wallOf(new Date(wall), timeZone) - wall);
  return new Date(near - (wallOf(new Date(near), timeZone) - wall));
}

const startOf = (wall) => Math.floor(wall / DAY) * DAY;
/** Monday is 0. */
const weekdayOf = (wall) => (new Date(wall).getUTCDay() + 6) % 7;
