/** One conversation in the list: who, how long, what was said last, who has it. Always three lines, so that all are of a height. */

import { html, nothing } from "lit";
import { t } from "../texts.js";
import "./age.js";
import { lastWords, nameOf, upTo99 } from "./words.js";

/** @param {object} one the conversation @param {{place: number, size: number}} of where in the list */
export function row(one, { inbox, places }, { place, size }) {
  const isOpen = one.id === inbox.openId;
  return html`<li class=${isOpen ? "open" : ""} aria-posinset=${place + 1} aria-setsize=${size}>
    <a href=${places.conversation(one.id)} aria-current=${isOpen ? "true" : nothing} data-id=${one.id}>
      <span class="who"><bdi>${nameOf(one.contact)}</bdi></span>
      ${age(one)}
      <span class="said">${one.lastMessage?.author ? html`<span class="by">${t("said_by", { name: one.lastMessage.author.name })}</span> ` : nothing}<bdi>${lastWords(one.lastMessage)}</bdi></span>
      ${one.unreadCount ? html`<span class="unread">${upTo99(one.unreadCount)}<span class="sr">${t("unread_unit")}</span></span>` : nothing}
      <span class="marks">${marks(one)}</span>
    </a>
  </li>`;
}

function age({ waitingSince, lastMessageAt, createdAt }) {
  if (waitingSince) return html`<inbox-age class="waits" ticks since=${waitingSince}></inbox-age>`;
  return html`<inbox-age since=${lastMessageAt ?? createdAt}></inbox-age>`;
}

function marks({ assignee, handling, status, channel, priority, labels }) {
  const has =
    status === "completed"
      ? t("view_completed")
      : (assignee?.displayName ?? t(handling === "bot" ? "view_bot" : "has_nobody"));
  return html`
    <span class="mark has ${assignee ? "" : "nobody"}"><bdi>${has}</bdi></span>
    ${priority === "high" || priority === "urgent" ? html`<span class="mark ${priority}">${t(`priority_${priority}`)}</span>` : nothing}
    ${channel === "web" ? nothing : html`<span class="mark">${channel}</span>`}
    ${labels.map(({ name, color }) => html`<span class="mark label" .style=${color ? `--label: ${color}` : ""}><bdi>${name}</bdi></span>`)}
  `;
}
