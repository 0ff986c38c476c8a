/** How people and moments are told, the same everywhere on the screen. */

import { locale, t } from "../texts.js";

/** Who a contact is; in `<bdi>` always, for a name may run the other way. @param {{name: ?string, email: ?string, isGuest: boolean, id: string}} contact */
export const nameOf = ({ name, email, isGuest, id }) =>
  name || email || `${t(isGuest ? "guest" : "member")} ${id.slice(0, 4).toUpperCase()}`;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long something has lasted, in one word: `3분`, `2시간`, `5일`. @param {number} milliseconds */
export function lasting(milliseconds) {
  if (milliseconds < MINUTE) return t("moment");
  if (milliseconds < HOUR) return t("minutes", { n: Math.floor(milliseconds / MINUTE) });
  if (milliseconds < DAY) return t("hours", { n: Math.floor(milliseconds / HOUR) });
  return t("days", { n: Math.floor(milliseconds / DAY) });
}

const formats = {};
const format = (name, options) => (formats[name] ??= new Intl.DateTimeFormat(locale, options));

/** A moment as a list tells it: today the time, else the day. @param {string} at */
export function shortMoment(at, now = new Date()) {
  const then = new Date(at);
  if (then.toDateString() === now.toDateString())
    return format("time", { hour: "numeric", minute: "2-digit" }).format(then);
  if (then.getFullYear() === now.getFullYear()) return format("day", { month: "numeric", day: "numeric" }).format(then);
  return format("date", { year: "numeric", month: "numeric", day: "numeric" }).format(then);
}

/** A moment, whole. @param {string} at */
export const fullMoment = (at) => format("full", { dateStyle: "long", timeStyle: "short" }).format(new Date(at));

/** What a customer or operator wrote, in one line. @param {?object} message as the API has it */
export function lastWords(message) {
  if (!message) return t("said_nothing");
  const text = message.content?.replace(/\s+/g, " ").trim();
  if (text) return text;
  return t(message.kind === "form" ? "said_form" : "said_other");
}

/** Where a conversation is held. @param {string} channel `web`, or the id of another system's @param {import("../store/channels.js").Channels} channels */
export const channelName = (channel, channels) =>
  channel === "web" ? t("channel_web") : (channels.nameOf(channel) ?? t("channel_other"));

/** A count that ends at 99. */
export const upTo99 = (number) => (number > 99 ? "99+" : String(number));
