/** Moments and what a clock in another time zone shows. Which zone, and what follows from it, is the callers' business. */

const clocks = new Map();

/** The zones that this browser knows, by their IANA names. */
export const zones = () => Intl.supportedValuesOf("timeZone");

/** What a clock in `zone` shows: `2026-11-26T14:05`. @param {Date|number} at */
export function clockIn(zone, at) {
  if (!clocks.has(zone)) {
    const day = { year: "numeric", month: "2-digit", day: "2-digit" };
    const time = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
    clocks.set(zone, new Intl.DateTimeFormat("en-US", { timeZone: zone, ...day, ...time }));
  }
  const parts = Object.fromEntries(
    clocks
      .get(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The moment at which a clock in `zone` shows this; where it never does, one beside it. @param {string} clock as above @returns {Date} */
export function momentIn(zone, clock) {
  const asUtc = Date.parse(`${clock}Z`);
  const ahead = (at) => Date.parse(`${clockIn(zone, at)}Z`) - Math.floor(at / 60_000) * 60_000;
  return new Date(asUtc - ahead(asUtc - ahead(asUtc)));
}
