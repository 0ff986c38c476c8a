/** What happened to a conversation, in words. Of a kind that is not known here its name is told. */

import { t } from "../../texts.js";
import { fullMoment } from "../words.js";

/** @param {object} activity @param {{operators: object[]}} inbox */
export function wordsOf(activity, inbox) {
  const words = said(activity, inbox);
  // A rule is nobody to be polite to.
  return activity.actor.kind === "rule" ? words.replace("규칙님이", "규칙이") : words;
}

function said({ type, actor, data }, { operators }) {
  const name = actor.name ?? t(`actor_${actor.kind}`);
  const who = actor.kind === "rule" && actor.name ? t("actor_rule_named", { name }) : name;
  const values = { who };
  let key = type.replace(".", "_");
  if (type === "conversation.assigned") {
    values.name =
      data.assigneeName ?? operators.find(({ id }) => id === data.assigneeId)?.displayName ?? t("talk_colleague");
    if (data.assigneeId === actor.id) key = "conversation_claimed";
  }
  if (type === "conversation.unassigned" && data.reason === "offline") {
    key = "conversation_left";
    values.name = operators.find(({ id }) => id === data.formerId)?.displayName ?? t("talk_colleague");
  }
  if (type === "conversation.handed_over") key = `handed_over_${data.handling ?? "waiting"}`;
  if (type === "conversation.snoozed" && data.until) values.at = fullMoment(data.until);
  if (type === "conversation.woken" && actor.kind === "system") key = "conversation_woke";
  if (type === "conversation.prioritised") values.priority = t(`priority_${data.priority}`);
  if (type === "conversation.rated") values.n = data.score;
  if (type === "contact.updated" && "blocked" in data) key = data.blocked ? "contact_blocked" : "contact_unblocked";
  if (type === "message.status_changed") {
    key = data.status === "failed" && data.error ? "message_failed_why" : `message_${data.status}`;
    values.error = data.error;
  }
  if (type === "conversation.labelled") return labelled(who, data);
  const words = t(`happened_${key}`, values);
  return words === `happened_${key}` ? t("happened_other", { who, type }) : words;
}

function labelled(who, { added = [], removed = [] }) {
  const told = [
    added.length && t("happened_labels_added", { who, labels: added.join(", ") }),
    removed.length && t("happened_labels_removed", { who, labels: removed.join(", ") }),
  ];
  return told.filter(Boolean).join(" ");
}
