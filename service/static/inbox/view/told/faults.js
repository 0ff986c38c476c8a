/** What the service found wrong with a rule, at the place that it names. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";

/** Faults of a refused form: those at a place and within it; what was not asked for is left over. */
export class Faults {
  #left;

  /** @param {{errors?: {field: string, message: string}[]}|null} problem */
  constructor(problem) {
    this.all = problem?.errors ?? [];
    this.#left = new Set(this.all);
  }

  /** The line for a place, and for all within it. @param {string} place as `when.all.0` @param {string} id what the line is called */
  at(place, id) {
    const found = this.all.filter(({ field }) => place && (field === place || field.startsWith(`${place}.`)));
    for (const one of found) this.#left.delete(one);
    if (!found.length) return nothing;
    return html`<p class="fault" id="${id}-fault">${faultText(found[0].field)}</p>`;
  }

  /** Whether something is wrong there. */
  has(place) {
    return this.all.some(({ field }) => place && (field === place || field.startsWith(`${place}.`)));
  }

  /** What stands nowhere else. */
  get others() {
    return [...this.#left].map(({ field }) => faultText(field));
  }
}

function faultText(field) {
  const name = field.split(".").findLast((part) => Number.isNaN(Number(part)));
  const key = `told_fault_${name}`;
  return t(key) === key ? t("told_fault") : t(key);
}
