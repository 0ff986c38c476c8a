/** What the service found wrong with a rule, at the place that it names. */

import { t } from "../../texts.js";
import { faultLine } from "../settings/field.js";

/** Faults of a refused form, by their places. */
export class Faults {
  /** @param {{errors?: {field: string, message: string}[]}|null} problem */
  constructor(problem) {
    this.all = problem?.errors ?? [];
  }

  /** The line for a place, and for all within it. @param {?string} place as `when.all.0` @param {string} id of the field */
  at(place, id) {
    return faultLine(id, this.#within(place).map(({ field }) => faultText(field))[0]);
  }

  /** Whether something is wrong there. */
  has(place) {
    return this.#within(place).length > 0;
  }

  /** What is wrong in none of these places. @param {string[]} places @returns {string[]} in words */
  beside(places) {
    const said = new Set(places.flatMap((place) => this.#within(place)));
    return this.all.filter((one) => !said.has(one)).map(({ field }) => faultText(field));
  }

  #within(place) {
    return this.all.filter(({ field }) => place && (field === place || field.startsWith(`${place}.`)));
  }
}

function faultText(field) {
  const name = field.split(".").findLast((part) => Number.isNaN(Number(part)));
  const key = `told_fault_${name}`;
  return t(key) === key ? t("told_fault") : t(key);
}
