/** What is said when something was refused: in words that name who or what was in the way. */

import { problemText, t } from "../../texts.js";

/** @param {import("../../store/api.js").Problem} error @param {object|null} before the conversation as it was shown */
export function refusalOf(error, before = null) {
  if (error.code === "already_assigned" && error.assignee)
    return t("talk_taken_by", { name: error.assignee.displayName });
  if (error.code === "conversation_changed" && error.conversation && before)
    return differenceOf(before, error.conversation);
  return problemText(error);
}

/** What somebody would want to know before they do it after all. */
function differenceOf(before, now) {
  if (now.status !== before.status) return t(now.status === "completed" ? "talk_now_completed" : "talk_now_open");
  if (now.assignee?.id !== before.assignee?.id)
    return now.assignee ? t("talk_now_has", { name: now.assignee.displayName }) : t("talk_now_nobody");
  if (now.handling !== before.handling) return t(`talk_now_${now.handling}`);
  return t("talk_now_written");
}

/** Signed out or out of reach: the bar over the screen says so. */
export const isToldAbove = (error) => error.status === 401 || error.name === "AbortError";
