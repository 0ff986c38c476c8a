/**
 * Looks turns up in the compiled flow. Pure: given the flow document, a state, an event, ids and the time, it returns
 * what follows. What the bot says next was decided when the flow was compiled; no dialogue stands here.
 *
 * An event here names a step: `{type: "text", content}`, `{type: "chip", stepId, chipId}`, `{type: "form", stepId, values}`.
 * A turn is `{state, messages, steps, answer, status, inquiry}`; `steps[i]` is the step that said `messages[i]`.
 */

import { ChatError } from "./errors.js";
import { checkForm } from "./form.js";
import { asVariable, fill, isStorable, size, trim } from "./text.js";

const own = (object, key) => (object && Object.hasOwn(object, key) ? object[key] : undefined);

/**
 * What the bot says before anybody has said anything.
 * @param {object} flow @param {string} locale @param {string} conversationId @param {(place: number) => string} ids @param {string} now
 */
export function openConversation(flow, locale, conversationId, ids, now) {
  return enter(flow.tables[locale].opening, { step: "", locale, is_completed: false, variables: {} }, { conversationId, ids, now });
}

/**
 * What follows from an event.
 * @param {object} flow the flow that the conversation began with
 * @param {{step: string, locale: string, is_completed: boolean, variables: Record<string, string>}} state as the last turn left it
 * @param {object} event @param {string} conversationId @param {(place: number) => string} ids @param {string} now
 * @throws {ChatError} conversation_completed, unknown_chip, invalid_form, invalid; the state is as it was
 */
export function takeTurn(flow, state, event, conversationId, ids, now) {
  if (state.is_completed) throw new ChatError("conversation_completed", { status: 409 });
  const steps = flow.tables[state.locale].steps;
  const context = { conversationId, ids, now };
  switch (event.type) {
    case "text":
      return writeText(steps[state.step].text, state, userText(event.content, flow), flow, context);
    case "chip":
      return clickChip(own(own(steps, event.stepId)?.chips, event.chipId), state, event, context);
    case "form":
      return submitForm(own(steps, event.stepId)?.form, state, event, flow, context);
    default:
      throw new ChatError("invalid", { status: 422 });
  }
}

/**
 * The text that stands for an event among the messages.
 * @param {object} flow @param {string} locale @param {object} event @param {object} turn what `takeTurn` made of it
 * @returns {string}
 */
export function textOf(flow, locale, event, turn) {
  if (event.type === "text") return userText(event.content, flow);
  if (event.type === "chip") return turn.answer.label;
  const { submitted, fields } = flow.tables[locale].steps[event.stepId].form;
  return trim(fill(submitted, variablesOf(fields, turn.answer.values, flow.text)), flow.text.whitespace);
}

/** @param {unknown} text @param {object} flow @returns {string} trimmed @throws {ChatError} invalid */
export function userText(text, flow) {
  const { whitespace, max } = flow.text;
  const trimmed = typeof text === "string" ? trim(text, whitespace) : "";
  if (trimmed && isStorable(trimmed) && size(trimmed) <= max) return trimmed;
  throw new ChatError("invalid", { status: 422, errors: [{ field: "event.content", message: "" }] });
}

function writeText(template, state, content, flow, context) {
  const saved = template.save ? { [template.save]: asVariable(content, flow.text) } : {};
  return enter(template, { ...state, variables: { ...state.variables, ...saved } }, context);
}

function clickChip(template, state, event, context) {
  if (!template) throw new ChatError("unknown_chip", { status: 422 });
  const variables = template.restart ? {} : state.variables;
  const answer = { chipId: event.chipId, label: template.label };
  return { ...enter(template, { ...state, variables }, context), answer };
}

function submitForm(template, state, event, flow, context) {
  if (!template) throw new ChatError("invalid_form", { status: 422 });
  const values = checkForm(flow, template.fields, event.values ?? {}, state.locale);
  const variables = { ...state.variables, ...variablesOf(template.fields, values, flow.text) };
  const turn = enter(template, { ...state, variables }, context);
  const inquiry = template.inquiry ? { stepId: event.stepId, values, locale: state.locale } : null;
  return { ...turn, answer: { values }, inquiry };
}

/** What later texts may repeat of a form: a choice by its label, a checkbox not at all. */
function variablesOf(fields, values, rules) {
  const variables = {};
  for (const field of fields) {
    const value = own(values, field.name) ?? "";
    if (typeof value === "boolean") continue;
    const option = field.options?.find((one) => one.value === value);
    variables[field.name] = asVariable(option ? option.label : value, rules);
  }
  return variables;
}

function enter(template, state, context) {
  const completed = template.status === "completed";
  return {
    state: { ...state, step: template.to, is_completed: completed },
    messages: template.messages.map((said, place) => message(said, place, state.variables, context)),
    steps: template.messages.map((said) => said.step || null),
    answer: null,
    status: completed ? "completed" : null,
    inquiry: null,
  };
}

function message(said, place, variables, { conversationId, ids, now }) {
  const id = ids(place);
  return {
    id, conversationId, role: said.role, kind: said.kind,
    content: said.content === undefined ? null : fill(said.content, variables),
    payload: said.payload ?? null,
    inReplyTo: null, clientMessageId: id, requestId: null,
    createdAt: now, answeredAt: null, answer: null, cursor: null,
  };
}
