/** What a setting says, in words: the same in a form, in a conflict and in the audit. */

import { locale, t } from "../../texts.js";
import { money } from "../assistant/money.js";
import { actionsWords, conditionWords, onWords } from "../told/sentence.js";
import { fullMoment } from "../words.js";

const MONEY = new Set(["memberDay", "projectMonth"]);
const YES_NO = new Set(["alwaysOpen", "isActive", "isPersonal", "singleThread", "hasKey", "restoreDeleted"]);
/** Of articles, by the name under which their texts tell what was chosen. */
const CHOSEN = { status: "status", locale: "locale", audience: "audience", kind: "source" };

/** A weekday by its number, where Monday is 0. @param {"long"|"short"} length */
export const weekday = (number, length = "long") =>
  new Intl.DateTimeFormat(locale, { weekday: length, timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + number));

/** The spans of a day in their order: `09:00–12:00, 13:00–18:00`. */
export function dayInWords(spans, number) {
  const of = spans.filter((span) => span.weekday === number).sort((a, b) => (a.from < b.from ? -1 : 1));
  return of.map(({ from, to }) => `${from}–${to <= from ? t("set_next_day", { to }) : to}`).join(", ");
}

/** What a field holds. @param {string} field as the API names it */
export function inWords(field, value) {
  if (value === null || value === undefined || value === "") return t("set_nothing");
  if (field === "spans") return week(value) || t("set_nothing");
  if (field === "holidays")
    return value.map(({ date, name }) => [date, name].filter(Boolean).join(" ")).join(", ") || t("set_nothing");
  if (field === "role") return t(`set_role_${value}`);
  if (field === "overrideUntil") return fullMoment(value);
  if (field === "overrideOpen") return t(value ? "set_hand_open" : "set_hand_closed");
  if (field === "expectedReplySeconds") return t("set_minutes", { n: Math.round(value / 60) });
  if (field === "types") return value.length ? onWords(value) : t("set_nothing");
  // What was called so then may have another name by now: what is kept is shown.
  if (field === "condition") return conditionWords(value, {});
  if (field === "actions") return actionsWords(value, {});
  if (field === "mode") return t(`asi_mode_${value}`);
  if (MONEY.has(field)) return money(value);
  if (Array.isArray(value)) return value.join(", ") || t("set_nothing");
  if (field in CHOSEN) return t(`art_${CHOSEN[field]}_${value}`);
  if (YES_NO.has(field)) return t(value ? "set_yes" : "set_no");
  return String(value);
}

function week(spans) {
  const days = [...Array(7).keys()].map((number) => [weekday(number, "short"), dayInWords(spans, number)]);
  return days
    .filter(([, said]) => said)
    .map((day) => day.join(" "))
    .join(" / ");
}
