/** What conditions may look at and actions may do, as the service knows them, and how each is asked for in a form. */

import { t } from "../../texts.js";

/** What may set a rule off, and what webhooks may be told of. */
export const TYPES = [
  "conversation.opened",
  "conversation.handed_over",
  "conversation.assigned",
  "conversation.unassigned",
  "conversation.completed",
  "conversation.reopened",
  "conversation.snoozed",
  "conversation.woken",
  "conversation.labelled",
  "conversation.prioritised",
  "conversation.rated",
  "message.created",
  "message.status_changed",
  "inquiry.submitted",
  "note.created",
  "contact.updated",
];
/** The type of an activity in words; one that is not known is shown as it is. */
export const typeName = (type) => known(`told_type_${plain(type)}`, type);

const WORDS = ["is", "isNot", "contains", "in", "present"];
const ONE_OF = ["is", "isNot", "in"];
const CHANGES = ["changedFrom", "changedTo"];

/** By field: how its value is asked for, and by which operators. */
export const FIELDS = {
  "message.content": { ops: WORDS },
  "message.role": { ops: ONE_OF, options: () => names("role", ["user", "bot", "system"]) },
  "conversation.status": { ops: [...ONE_OF, ...CHANGES], options: () => names("status", ["open", "completed"]) },
  "conversation.handling": {
    ops: [...ONE_OF, ...CHANGES],
    options: () => names("handling", ["bot", "waiting", "agent"]),
  },
  "conversation.channel": {
    ops: ONE_OF,
    options: ({ channels = [] }) => [["web", t("channel_web")], ...channels.map(({ id, name }) => [id, name])],
  },
  "conversation.labels": {
    ops: [...ONE_OF, "present", ...CHANGES],
    options: ({ labels = [] }) => labels.map(({ name }) => [name, name]),
  },
  "conversation.priority": {
    ops: [...ONE_OF, ...CHANGES],
    options: () => ["low", "normal", "high", "urgent"].map((one) => [one, t(`priority_${one}`)]),
  },
  "conversation.locale": { ops: ONE_OF, options: () => names("locale", ["ko", "en"]) },
  "conversation.waiting": { ops: ["olderThan"] },
  "conversation.silence": { ops: ["olderThan"] },
  "contact.email": { ops: WORDS },
  "contact.isGuest": { ops: ["is"], isTruth: true },
  "page.url": { ops: WORDS },
  "hours.isOpen": { ops: ["is"], isTruth: true },
  // With a name of the site's or of the form's own behind it.
  "contact.attributes.": { ops: WORDS },
  "form.": { ops: WORDS },
};

const OWN = ["contact.attributes.", "form."];
/** Whether a field has a name of its own behind it. */
export const isOwn = (field) => OWN.includes(field);
/** A field as a rule has it: which of FIELDS, and its own name. @returns {[string, string]} */
export function parted(field) {
  const own = OWN.find((one) => field.startsWith(one));
  return own ? [own, field.slice(own.length)] : [field, ""];
}

/** By action: what it takes. */
export const ACTIONS = {
  sendMessage: "content",
  addLabel: "label",
  removeLabel: "label",
  assign: "operatorId",
  unassign: null,
  setPriority: "priority",
  snooze: "minutes",
  complete: null,
  reopen: null,
  handOver: null,
  addNote: "content",
  askRating: null,
  callWebhook: "webhookId",
};

/** What an action may take, where that is one of several. @returns {[string, string][]|null} */
export function optionsOf(field, { labels = [], operators = [], webhooks = [] }) {
  if (field === "label") return labels.map(({ name }) => [name, name]);
  if (field === "operatorId") return operators.filter((one) => one.isActive).map((one) => [one.id, one.displayName]);
  if (field === "webhookId") return webhooks.map(({ id, url }) => [id, url]);
  if (field === "priority") return FIELDS["conversation.priority"].options();
  return null;
}

/** The words of a value; one that is not there any more is shown as it was written. */
export function nameOfValue(field, value, team) {
  const [kind] = parted(field);
  const one = (each) => {
    if (typeof each === "boolean") return t(each ? "set_yes" : "set_no");
    return FIELDS[kind]?.options?.(team).find(([key]) => key === String(each))?.[1] ?? String(each);
  };
  return Array.isArray(value) ? value.map(one).join(", ") : one(value);
}

/** A field's name for people. */
export function fieldName(field) {
  const [kind, own] = parted(field);
  return own ? t(`told_field_${plain(kind)}_named`, { name: own }) : t(`told_field_${plain(kind)}`);
}

const plain = (name) => name.replace(/\.$/, "").replaceAll(".", "_");
const names = (subject, values) => values.map((value) => [value, t(`told_${subject}_${value}`)]);
const known = (key, otherwise) => (t(key) === key ? otherwise : t(key));
