/** Whether the team answers now, as customers are told. */

import { html } from "lit";
import { t } from "../../texts.js";
import { fullMoment, shortMoment } from "../words.js";

/** @param {object} preview as the service answers it */
export function standing({ presence, opensAt, closesAt }) {
  const then = presence === "closed" ? opensAt : closesAt;
  const until = then ? t(presence === "closed" ? "set_opens_at" : "set_closes_at", { at: told(then) }) : "";
  return html`<p class="standing ${presence}" role="status">
    <span class="dot ${presence === "closed" ? "offline" : presence}"></span>
    <strong>${t(`set_presence_${presence}`)}</strong> <span>${until}</span>
  </p>`;
}

function told(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return isToday ? shortMoment(at) : fullMoment(at);
}
