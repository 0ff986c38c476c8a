/** A rule in a sentence: what sets it off, when it holds, what it does. The same in the list, in a try and in the audit. */

import { locale, t } from "../../texts.js";
import { ACTIONS, fieldName, nameOfValue, optionsOf, typeName } from "./fields.js";

/** @param {{on: string[], when: ?object, then: object[]}} rule @param {object} team what the names are taken from */
export const sentence = ({ on, when, then }, team) => inWords(on, when, then, team);

/** The same of a rule that is being written. */
export function inWords(on, when, actions, team) {
  const begins = [on.length ? onWords(on) : t("told_by_clock"), when && conditionWords(when, team)];
  return t("told_sentence", { when: begins.filter(Boolean).join(t("told_comma")), does: actionsWords(actions, team) });
}

/** What sets it off. */
export const onWords = (types) => t("told_on", { types: types.map(beginning).join(t("told_or")) });

/** A language may say it otherwise at the beginning of a sentence. */
function beginning(type) {
  const key = `told_when_${type.replace(".", "_")}`;
  return t(key) === key ? typeName(type) : t(key);
}

/** What it does, in its order. */
export const actionsWords = (actions, team) => actions.map((one) => actionWords(one, team)).join(t("told_then"));

/** One of its actions. */
export function actionWords(action, team) {
  const field = ACTIONS[action.type];
  const value = field && String(action[field] ?? "");
  const name = field && (optionsOf(field, team)?.find(([key]) => key === value)?.[1] ?? short(value || "…"));
  return t(`told_does_${action.type}`, { value: name, j: particle(name ?? "", "을", "를") });
}

/** When it holds. @param {boolean} isInner within another */
export function conditionWords(condition, team, isInner = false) {
  const inner = condition.all ?? condition.any;
  if (inner) {
    if (!inner.length) return t(condition.all ? "told_always" : "told_never");
    const words = inner.map((one) => conditionWords(one, team, inner.length > 1));
    const joined = words.join(t(condition.all ? "told_and" : "told_or"));
    return isInner && words.length > 1 ? `(${joined})` : joined;
  }
  if (!condition.not) return leafWords(condition, team);
  const opposite = OPPOSITES[condition.not.op]?.(condition.not);
  return opposite ? leafWords(opposite, team) : t("told_none_of", { what: conditionWords(condition.not, team) });
}

const OPPOSITES = {
  is: (one) => ({ ...one, op: "isNot" }),
  isNot: (one) => ({ ...one, op: "is" }),
  contains: (one) => ({ ...one, op: "containsNot" }),
  present: (one) => ({ ...one, value: one.value === false }),
};

function leafWords({ field, op, value }, team) {
  const name = fieldName(field);
  const said = short(nameOfValue(field, value ?? "", team) || "…");
  const values = {
    field: name,
    subject: locale === "ko" ? name + particle(name, "이", "가") : name,
    value: said,
    j: particle(said, "이", "가"),
    n: value,
  };
  const flag = typeof value === "boolean" ? (value !== (op === "isNot") ? "yes" : "no") : null;
  const own = `told_holds_${op === "isNot" && flag ? "is" : op}_${field.replaceAll(".", "_")}`;
  for (const key of [`${own}_${flag}`, own, `told_holds_${op}${op === "present" && value === false ? "_not" : ""}`])
    if (t(key) !== key) return t(key, values);
  return `${name} ${op} ${said}`;
}

const short = (text) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

/** The Korean particle after a word: the first where its last syllable ends in a consonant. */
function particle(word, closed, open) {
  const last = word.normalize("NFC").charCodeAt(word.length - 1) - 0xac00;
  return last >= 0 && last < 11172 && last % 28 ? closed : open;
}
