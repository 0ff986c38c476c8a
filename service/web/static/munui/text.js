/**
 * A person's text: length, white space, what can be stored, and filling it into sentences.
 * Belongs here: the rules of `service/domain/text.py`, on code points. Not here: where the limits come from (the flow).
 */

const IMPOSSIBLE = /\u0000|[\uD800-\uDFFF]/u; // with the u flag: lone halves of surrogate pairs only
const PLACEHOLDER = /\{([a-z][a-z0-9_]*)\}/g;

/** @param {string} text @returns {number} its length in code points */
export function size(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** @param {string} text @param {string} whitespace the characters that count as white space @returns {string} */
export function trim(text, whitespace) {
  let from = 0;
  let to = text.length;
  while (from < to && whitespace.includes(text[from])) from += 1;
  while (to > from && whitespace.includes(text[to - 1])) to -= 1;
  return text.slice(from, to);
}

/** @param {string} text @returns {boolean} whether the database can hold it */
export const isStorable = (text) => !IMPOSSIBLE.test(text);

/**
 * A visitor's own words, fit to stand inside a sentence of the bot.
 * @param {string} text @param {{whitespace: string, maxVariable: number}} rules @returns {string}
 */
export function asVariable(text, rules) {
  const control = new RegExp(`[\\x00-\\x20\\x7f-\\x9f${rules.whitespace}]+`, "g");
  return [...text.replace(control, " ").replace(/^ +| +$/g, "")].slice(0, rules.maxVariable).join("");
}

/** @param {string} template @param {Record<string, string>} variables @returns {string} */
export function fill(template, variables) {
  return template.replace(PLACEHOLDER, (_, name) => (Object.hasOwn(variables, name) ? variables[name] : ""));
}
