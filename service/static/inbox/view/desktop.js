/** Notifications of the desktop: where the operator allowed them, and the browser too. */

import { t } from "../texts.js";
import { lastWords, nameOf } from "./words.js";

/** Whether this browser has them at all. */
export const canNotify = () => "Notification" in globalThis;

/** @returns {Promise<boolean>} whether they are allowed; by a click only, browsers ask no sooner */
export const askToNotify = async () => canNotify() && (await Notification.requestPermission()) === "granted";

/** One for each of a few conversations, one for many. @param {object[]} rows @param {(id: ?string) => void} open */
export function notify(rows, open) {
  if (!canNotify() || Notification.permission !== "granted") return;
  if (rows.length > 3) {
    show(t("alert_many", { n: rows.length }), { tag: "many" }, () => open(null));
    return;
  }
  for (const { id, contact, title, lastMessage, handling } of rows) {
    const body = lastMessage?.role === "user" ? lastWords(lastMessage) : (title ?? "");
    const name = nameOf(contact);
    show(handling === "waiting" ? t("alert_waits", { name }) : name, { body, tag: id }, () => open(id));
  }
}

function show(title, options, clicked) {
  try {
    const shown = new Notification(title, options);
    shown.onclick = () => {
      window.focus();
      shown.close();
      clicked();
    };
  } catch {
    // Where only a service worker may show one.
  }
}
