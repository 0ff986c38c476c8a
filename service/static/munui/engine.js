/**
 * Looks turns up in the compiled flow. Pure; what the bot says was decided when the flow was compiled.
 *
 * An event names a step: `{type: "text", content}`, `{type: "chip", stepId, chipId}`, `{type: "form", stepId, values}`.
 * A turn is `{state, messages, text, answer, status, inquiry}`: `text` stands for the event among the messages, and each
 * message has the `step` that said it; one that was answered from the articles has `answered`, what an import says of that.
 * A context is `{conversationId, ids, now}`.
 */

import { isBlank } from "./blank.js";
import { ChatError, refuse } from "./errors.js";

/** The forms of a compiled flow and of a state that this engine knows. Those of before there was a form are the first. */
const FORMAT = 1;
const STATE_VERSION = 1;
const STATE_FIELDS = ["version", "step", "locale", "is_completed", "variables", "misfits", "answered"];
/** So many texts in a row may lead nowhere; with the last of them a person is offered. */
const MISFITS = 2;

const own = (object, key) => (object && Object.hasOwn(object, key) ? object[key] : undefined);

/** What the bot says before anybody has said anything; `part` is "resume" where there is a past, but no state. */
export const openConversation = (flow, locale, context, part = "opening") =>
  enter(
    flow.tables[locale][part],
    { version: STATE_VERSION, step: "", locale, is_completed: false, variables: {} },
    context,
  );

/** Whether a kept flow and state can be gone on from: another version of this page may have left what this one does not know. */
export function isReadable(flow, state) {
  return (
    Boolean(flow) &&
    (flow.format ?? FORMAT) === FORMAT &&
    Boolean(state) &&
    (state.version ?? STATE_VERSION) === STATE_VERSION &&
    Object.keys(state).every((name) => STATE_FIELDS.includes(name)) &&
    Boolean(own(own(flow.tables, state.locale)?.steps, state.step)) &&
    typeof state.variables === "object" &&
    state.variables !== null
  );
}

/**
 * What follows from an event. @param {object|null} [knowledge] what `POST /api/v1/answers` says to a text; null where nobody
 * was asked @throws {ChatError} conversation_completed, unknown_chip, invalid_form
 */
export function takeTurn(flow, state, event, context, knowledge = null) {
  if (state.is_completed) refuse("conversation_completed", 409);
  const table = flow.tables[state.locale];
  const step = own(table.steps, event.stepId);
  if (event.type === "chip") return clickChip(own(step?.chips, event.chipId), state, event, context);
  if (event.type === "form") return submitForm(flow, step?.form, state, event, context);
  return writeText(flow, table, state, event.content, context, knowledge);
}

/** Whether a person is asked for by an event. Where none can be had, `takeTurn` says what follows from it. */
export function asksForPerson(flow, state, { type, stepId, chipId }) {
  const { steps } = flow.tables[state.locale];
  const template = type === "text" ? own(steps, state.step)?.text : own(own(steps, stepId)?.chips, chipId);
  return Boolean(template?.handover);
}

/** Whether a text is to be answered from the articles. */
export const asksForAnswer = (flow, state) => Boolean(flow.tables[state.locale].steps[state.step].text.answer);

function writeText(flow, table, state, text, context, knowledge) {
  const template = table.steps[state.step].text;
  if (template.answer && knowledge && knowledge.mode !== "off")
    return { ...answer(flow, state, knowledge, context), text };
  const misfits = template.misfit ? (state.misfits ?? 0) + 1 : 0;
  if (misfits >= MISFITS) return { ...enter(table.offer, fitting(state), context), text };
  if (misfits) return { ...enter(template, { ...fitting(state), misfits }, context), text };
  const saved = template.save ? { [template.save]: asVariable(text, flow.text) } : {};
  return { ...enter(template, withVariables(state, saved), context), text };
}

/** The article's own words, in the language of the question. What was just said is not said twice in a row. */
function answer(flow, state, { locale, answer: told }, context) {
  const { found, unknown, again } = flow.tables[locale].answers;
  const [source] = told?.sources ?? [];
  const isNew = source && source.chunkId !== state.answered;
  const after = { ...fitting(state), locale, ...(isNew && { answered: source.chunkId }) };
  const { articleId, version, place } = source ?? {};
  return {
    ...enter(isNew ? found : source ? again : unknown, after, context, told),
    answered: { locale, source: source ? { articleId, version, place } : null },
  };
}

function clickChip(template, state, { chipId }, context) {
  if (!template) refuse("unknown_chip");
  const { label, restart } = template;
  return {
    ...enter(template, restart ? { ...fitting(state), variables: {} } : fitting(state), context),
    text: label,
    answer: { chipId, label },
  };
}

function submitForm(flow, template, state, { stepId, values: given }, context) {
  if (!template) refuse("invalid_form");
  const values = checkForm(flow, template.fields, given, state.locale);
  const said = variablesOf(template.fields, values, flow.text);
  const text = trim(fill(template.submitted, said), flow.text.whitespace);
  const inquiry = template.inquiry ? { stepId, values } : null;
  return { ...enter(template, withVariables(state, said), context), text, answer: { values }, inquiry };
}

/** What later texts may repeat of a form: a choice by its label, a checkbox not at all. */
function variablesOf(fields, values, rules) {
  const variables = {};
  for (const { name, options = [] } of fields) {
    const value = own(values, name) ?? "";
    if (typeof value === "string")
      variables[name] = asVariable(options.find((one) => one.value === value)?.label ?? value, rules);
  }
  return variables;
}

/** What led nowhere is forgotten, and what was answered last. */
const fitting = ({ misfits, answered, ...state }) => state;

const withVariables = (state, more) => ({ ...fitting(state), variables: { ...state.variables, ...more } });

function enter(template, state, context, told = null) {
  const isCompleted = template.status === "completed";
  return {
    state: { ...state, step: template.to ?? state.step, is_completed: isCompleted },
    messages: template.messages.map((said, place) => message(said, context.ids(place), state.variables, context, told)),
    text: null,
    answer: null,
    status: isCompleted ? "completed" : null,
    inquiry: null,
  };
}

const message = (said, id, variables, { conversationId, now }, told) => ({
  id,
  conversationId,
  role: said.role,
  kind: said.kind,
  content: said.answer ? told.text : said.content === undefined ? null : fill(said.content, variables),
  payload: said.answer ? { ...said.payload, sources: told.sources } : (said.payload ?? null),
  inReplyTo: null,
  clientMessageId: id,
  requestId: null,
  createdAt: now,
  answeredAt: null,
  answer: null,
  cursor: null,
  step: said.step || null,
});

// What a person may write: the rules of `service/core/text.py` and `service/dialogue/form.py`. Limits and sentences come with the flow.

/** @param {string} text @returns {number} code points */
export const size = (text) => [...text].length;

/** @param {string} text @param {string} whitespace what counts as white space @returns {string} nothing where nothing is seen */
export function trim(text, whitespace) {
  if (isBlank(text)) return "";
  let [from, to] = [0, text.length];
  while (from < to && whitespace.includes(text[from])) from += 1;
  while (to > from && whitespace.includes(text[to - 1])) to -= 1;
  return text.slice(from, to);
}

// With the u flag the range matches lone halves of surrogate pairs only.
const isStorable = (text) => !/\0|[\uD800-\uDFFF]/u.test(text);

/** @throws {ChatError} invalid @returns {string} trimmed */
export function userText(text, { whitespace, max }) {
  const trimmed = trim(String(text ?? ""), whitespace);
  if (trimmed && isStorable(trimmed) && size(trimmed) <= max) return trimmed;
  throw new ChatError("invalid", { status: 422, errors: [{ field: "event.content", message: "" }] });
}

/** A visitor's own words, fit to stand inside a sentence of the bot. */
export function asVariable(text, { whitespace, maxVariable }) {
  const control = new RegExp(`[\\x00-\\x20\\x7f-\\x9f${whitespace}]+`, "g");
  return [...text.replace(control, " ").replace(/^ | $/g, "")].slice(0, maxVariable).join("");
}

/** @param {string} template @param {Record<string, string>} variables */
export const fill = (template, variables) =>
  template.replace(/\{([a-z][a-z0-9_]*)\}/g, (_, name) => (Object.hasOwn(variables, name) ? variables[name] : ""));

/**
 * The values of a form as they are kept: trimmed, empty ones left out.
 * @throws {ChatError} invalid_form with one error a faulty field
 */
export function checkForm(flow, fields, values, locale) {
  const { patterns, sentences, maxBytes } = flow.forms;
  const { whitespace } = flow.text;
  const kept = {};
  const faults = Object.keys(values)
    .filter((name) => !fields.some((field) => field.name === name))
    .map((name) => [name, "unknown"]);
  for (const field of fields) {
    const value = Object.hasOwn(values, field.name) ? values[field.name] : null;
    const [fault, n] = faultOf(field, value, patterns, whitespace);
    if (fault) faults.push([field.name, fault, n]);
    else if (typeof value === "boolean") kept[field.name] = value;
    else if (value !== null && trim(value, whitespace)) kept[field.name] = trim(value, whitespace);
  }
  if (!faults.length && bytesOf(kept) > maxBytes) faults.push([longest(kept), "size"]);
  if (!faults.length) return kept;
  const errors = faults.map(([name, fault, n]) => ({
    field: `event.values.${name}`,
    message: sentences[locale][fault].replace("{n}", n),
  }));
  throw new ChatError("invalid_form", { status: 422, errors });
}

/** @returns {[fault: string, n: number]} which sentence a value earns ("" for none), and the number in it */
export function faultOf(field, value, patterns, whitespace) {
  const { type, required, minlength = 0, maxlength = type === "textarea" ? 4000 : 200 } = field;
  if (type === "checkbox")
    return [value !== null && typeof value !== "boolean" ? "type" : required && !value ? "consent" : "", 0];
  if (value !== null && (typeof value !== "string" || !isStorable(value))) return ["type", 0];
  const text = trim(value ?? "", whitespace);
  if (!text) return [required ? "required" : "", 0];
  if (size(text) < minlength) return ["minlength", minlength];
  if (size(text) > maxlength) return ["maxlength", maxlength];
  if (patterns[type] && !new RegExp(`^(?:${patterns[type]})$`).test(text)) return [type, 0];
  return [type === "select" && !field.options.some((option) => option.value === text) ? "select" : "", 0];
}

/** The size on the server, whose JSON has a space after each comma and colon; indented JSON has nearly as many. */
const bytesOf = (kept) => new TextEncoder().encode(JSON.stringify(kept, null, 1)).length - Object.keys(kept).length - 2;

function longest(kept) {
  const lengthOf = (name) => (kept[name] === true ? 4 : kept[name] === false ? 5 : size(kept[name])); // True, False
  return Object.keys(kept).reduce((most, name) => (lengthOf(name) > lengthOf(most) ? name : most));
}
