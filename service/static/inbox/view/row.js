/** One conversation in the list: who, how long, what was said last, who has it. Always three lines, so that all are of a height. */

import { html, nothing } from "lit";
import { problemText, t } from "../texts.js";
import "./age.js";
import { channelName, lastWords, nameOf, upTo99 } from "./words.js";

/** @param {object} one the conversation @param {{place: number, size: number, isStop: boolean}} of where it is in the list */
export function row(one, { inbox, places, several, channels }, { place, size, isStop }) {
  const isOpen = one.id === inbox.openId;
  const name = nameOf(one.contact);
  const isMarked = several.marked.has(one.id);
  return html`<li class="${isOpen ? "open" : ""} ${isMarked ? "marked" : ""}" aria-posinset=${place + 1} aria-setsize=${size}>
    <a href=${places.conversation(one.id)} aria-current=${isOpen ? "true" : nothing} data-id=${one.id} tabindex=${isStop ? 0 : -1}>
      <span class="who"><bdi>${name}</bdi></span>
      ${age(one)}
      <span class="said">${said(one)}</span>
      ${wantsPeople(one) && one.unreadCount ? html`<span class="unread">${upTo99(one.unreadCount)}<span class="sr">${t("unread_unit")}</span></span>` : nothing}
      <span class="marks">${marks(one, channels)}${fault(several.faults.get(one.id))}</span>
    </a>
    <input type="checkbox" aria-label=${t("mark_one", { name })} tabindex=${isStop ? 0 : -1}
      .checked=${isMarked} @click=${({ shiftKey }) => several.toggle(one.id, shiftKey)} />
  </li>`;
}

/** What the bot answers, and what is over, has nothing that somebody is to read. */
const wantsPeople = ({ status, handling }) => status === "open" && handling !== "bot";

/** A person's last words; the service's own say less than what the conversation is about. */
function said({ lastMessage, title }) {
  const isPersons = !lastMessage || lastMessage.role === "user" || lastMessage.author;
  if (!isPersons && title) return html`<bdi>${title}</bdi>`;
  const by = lastMessage?.author ? html`<span class="by"><bdi>${lastMessage.author.name}</bdi>: </span>` : nothing;
  return html`${by}<bdi>${lastWords(lastMessage)}</bdi>`;
}

function age({ waitingSince, lastMessageAt, createdAt }) {
  if (!waitingSince) return html`<inbox-age since=${lastMessageAt ?? createdAt}></inbox-age>`;
  return html`<span class="age"><span class="sr">${t("waits")}</span><inbox-age class="waits" ticks since=${waitingSince}></inbox-age></span>`;
}

function marks({ assignee, handling, status, channel, priority, snoozedUntil, labels, contact }, channels) {
  const isSnoozed = snoozedUntil && Date.parse(snoozedUntil) > Date.now();
  return html`
    ${has({ assignee, handling, status })}
    ${isSnoozed ? html`<span class="mark">${t("view_snoozed")}</span>` : nothing}
    ${contact.blockedAt ? html`<span class="mark urgent">${t("blocked")}</span>` : nothing}
    ${priority === "high" || priority === "urgent" ? html`<span class="mark ${priority}">${t(`priority_${priority}`)}</span>` : nothing}
    ${channel === "web" ? nothing : html`<span class="mark"><bdi>${channelName(channel, channels)}</bdi></span>`}
    ${labels.map(({ name, color }) => html`<span class="mark label" .style=${color ? `--label: ${color}` : ""}><bdi>${name}</bdi></span>`)}
  `;
}

function has({ assignee, handling, status }) {
  const words = status === "completed" ? t("view_completed") : t(handling === "bot" ? "view_bot" : "has_nobody");
  if (!assignee)
    return html`<span class="mark ${status === "open" && handling !== "bot" ? "nobody" : ""}">${words}</span>`;
  return html`<span class="mark has"><bdi>${assignee.displayName}</bdi></span>${status === "completed" ? html`<span class="mark">${words}</span>` : nothing}`;
}

const fault = (error) => (error ? html`<span class="mark urgent" role="alert">${problemText(error)}</span>` : nothing);
