/**
 * Checking a submitted form against the fields that were shown; the rules of `service/domain/form.py`.
 * Belongs here: which rule a value breaks. Not here: patterns and sentences, which come with the flow.
 */

import { ChatError } from "./errors.js";
import { isStorable, size, trim } from "./text.js";

const SHORT = 200;
const LONG = 4000;

/**
 * The values as they are kept: trimmed, only the fields of the form, empty ones left out.
 * @param {object} flow the flow document @param {object[]} fields @param {Record<string, unknown>} values @param {string} locale
 * @returns {Record<string, string|boolean>} @throws {ChatError} invalid_form with one error a faulty field
 */
export function checkForm(flow, fields, values, locale) {
  const { patterns, sentences, maxBytes } = flow.forms;
  const sentence = sentences[locale];
  const names = new Set(fields.map((field) => field.name));
  const kept = {};
  const faults = Object.keys(values).filter((name) => !names.has(name)).map((name) => [name, sentence.unknown]);
  for (const field of fields) {
    const value = Object.hasOwn(values, field.name) ? values[field.name] : null;
    const [fault, n] = faultOf(field, value, { patterns, whitespace: flow.text.whitespace });
    if (fault) faults.push([field.name, sentence[fault].replace("{n}", String(n))]);
    else if (typeof value === "boolean") kept[field.name] = value;
    else if (value !== null && trim(value, flow.text.whitespace)) kept[field.name] = trim(value, flow.text.whitespace);
  }
  if (!faults.length && bytesOf(kept) > maxBytes) faults.push([longest(kept), sentence.size]);
  if (!faults.length) return kept;
  throw new ChatError("invalid_form", {
    status: 422,
    errors: faults.map(([name, message]) => ({ field: `event.values.${name}`, message })),
  });
}

/**
 * @param {object} field @param {unknown} value @param {{patterns: Record<string, string>, whitespace: string}} rules
 * @returns {[string, number]} which sentence the value earns ("" for none), and the number in it
 */
export function faultOf(field, value, rules) {
  if (field.type === "checkbox") {
    if (value !== null && typeof value !== "boolean") return ["type", 0];
    return [field.required && !value ? "consent" : "", 0];
  }
  const given = value ?? "";
  if (typeof given !== "string" || !isStorable(given)) return ["type", 0];
  return textFault(field, trim(given, rules.whitespace), rules.patterns);
}

function textFault(field, text, patterns) {
  if (!text) return [field.required ? "required" : "", 0];
  const length = size(text);
  if (length < (field.minlength ?? 0)) return ["minlength", field.minlength];
  const most = field.maxlength ?? (field.type === "textarea" ? LONG : SHORT);
  if (length > most) return ["maxlength", most];
  const pattern = patterns[field.type];
  if (pattern && !new RegExp(`^(?:${pattern})$`).test(text)) return [field.type, 0];
  if (field.type === "select" && !field.options.some((option) => option.value === text)) return ["select", 0];
  return ["", 0];
}

/** The size on the server, whose JSON has a space after each comma and colon. */
function bytesOf(kept) {
  const pairs = Object.entries(kept).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return new TextEncoder().encode(`{${pairs.join(", ")}}`).length;
}

function longest(kept) {
  // Booleans count as they are written there: True, False.
  const lengths = Object.entries(kept).map(([name, value]) => [name, value === true ? 4 : value === false ? 5 : size(value)]);
  return lengths.reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}
