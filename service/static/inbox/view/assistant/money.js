/** What a model costs, as people read it: in whatever currency the prices are. */

import { locale } from "../../texts.js";

/** @param {number} micros millionths */
export function money(micros) {
  const value = micros / 1_000_000;
  // What is little still costs something.
  const digits = value && value < 1 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 };
  return new Intl.NumberFormat(locale, digits).format(value);
}

/** A part of a whole. @param {number} part @param {number} whole */
export const share = (part, whole) =>
  whole ? new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(part / whole) : "–";
