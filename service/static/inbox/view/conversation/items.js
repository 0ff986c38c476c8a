/** How one thing in the log looks: what was said, a note, what happened, what is not sent yet. */

import { html, nothing } from "lit";
import { guard } from "lit/directives/guard.js";
import { addressesIn } from "../../../munui/view/links.js";
import { locale, t } from "../../texts.js";
import { icon } from "../icons.js";
import { fullMoment, nameOf } from "../words.js";
import { wordsOf } from "./happened.js";
import { unsent } from "./unsent.js";

const clock = new Intl.DateTimeFormat(document.documentElement.lang || "ko", { hour: "numeric", minute: "2-digit" });
const day = () => new Intl.DateTimeFormat(locale, { dateStyle: "full" });

/** @param {object} one of the timeline @param {import("../element.js").View & {conversation: object, editor: object}} host */
export function item(one, host) {
  const { conversation, editor, desk } = host;
  if (one.type === "day") return html`<li class="day"><span>${day().format(new Date(one.at))}</span></li>`;
  if (one.type === "activity") return happened(one.activity, host);
  if (one.type === "unsent") return unsent(one.entry, host);
  const isSought = host.sought === one.key;
  if (one.type === "note") return note(one.note, { isMine: one.note.author.id === desk.inbox.me.id, editor, isSought });
  const { message, isFirst, isLast } = one;
  const name = nameOf(conversation.row.contact);
  const again = () => sendAgain(message, host);
  // A message is as it was, as long as these are.
  return guard([message, isFirst, isLast, name, isSought], () =>
    said(message, { isFirst, isLast, customer: name, again, isSought }),
  );
}

const happened = (activity, { desk, conversation }) => html`<li class="happened">
  <span>${wordsOf(activity, desk.inbox)}</span> ${moment(activity.createdAt)}
  ${activity.type === "conversation.rated" ? rated(activity, conversation) : nothing}
</li>`;

/** How many of five. */
export const stars = (score) =>
  html`<span class="stars" aria-hidden="true">${"★".repeat(score)}${"☆".repeat(5 - score)}</span><span class="sr">${t("talk_stars", { n: score })}</span>`;

/** The stars, and beside the newest what was said to them. */
function rated({ id, data }, { activities, row }) {
  const newest = activities.findLast(({ type }) => type === "conversation.rated");
  const comment = newest?.id === id && row.rating?.comment;
  return html`<p class="rated">${stars(data.score)}${comment ? html` <q dir="auto">${comment}</q>` : nothing}</p>`;
}

function note({ id, author, content, createdAt, editedAt }, { isMine, editor, isSought }) {
  return html`<li class="note ${isSought ? "sought" : ""}" data-note=${id} tabindex=${isSought ? -1 : nothing}>
    <p class="by">
      <span class="tag">${icon("note")}${t("talk_note")}</span> <bdi>${author.displayName}</bdi> ${moment(createdAt)}
      ${editedAt ? html`<span class="edited" title=${fullMoment(editedAt)}>${t("talk_edited")}</span>` : nothing}
      ${
        isMine && !editor.isOpen(id)
          ? html`<span class="own">
              <button type="button" class="quiet" @click=${() => editor.open(id, content)}>${t("talk_edit")}</button>
              <button type="button" class="quiet" @click=${() => editor.remove(id)}>${t("talk_delete")}</button>
            </span>`
          : nothing
      }
    </p>
    ${editor.isOpen(id) ? editor.render(id) : html`<div class="text" dir="auto">${linked(content)}</div>`}
  </li>`;
}

function said(message, { isFirst, isLast, customer, again, isSought }) {
  const { role, kind, content, author, createdAt } = message;
  if (kind === "notice" || (role === "system" && !author))
    return html`<li class="notice-said ${isSought ? "sought" : ""}" tabindex=${isSought ? -1 : nothing}><span dir="auto">${linked(content ?? "")}</span></li>`;
  const voice = role === "user" ? "customer" : author ? "operator" : "bot";
  const name = role === "user" ? customer : (author?.name ?? t("talk_bot"));
  return html`<li class="said ${voice} ${isFirst ? "first" : ""} ${isLast ? "last" : ""} ${isSought ? "sought" : ""}" tabindex=${isSought ? -1 : nothing}>
    <p class=${isFirst ? "by" : "sr"}><bdi>${name}</bdi></p>
    ${kind === "form" ? form(message) : html`<div class="text" dir="auto">${linked(content ?? "")}${kind === "chips" ? chips(message) : nothing}</div>`}
    ${isLast || message.status === "failed" ? html`<p class="when">${moment(createdAt)}${reached(message, again)}</p>` : nothing}
  </li>`;
}

/** How chips were answered; those that nobody chose are shown as what was offered. */
function chips({ payload, answer, answeredAt }) {
  return html`<ul class="chips" aria-label=${t("talk_chips")}>
    ${payload.chips.map(({ id, label }) => {
      const isChosen = answer?.chipId === id;
      return html`<li class=${isChosen ? "chosen" : ""}>${isChosen ? html`<span class="sr">${t("talk_chosen")}</span>` : nothing}${label}</li>`;
    })}
  </ul>${answeredAt && !answer?.chipId ? html`<p class="aside">${t("talk_misfit")}</p>` : nothing}`;
}

function form({ payload, answer, answeredAt }) {
  if (!answeredAt) return html`<div class="text form"><p>${t("talk_form_open")}</p></div>`;
  if (!answer?.values) return html`<div class="text form"><p>${t("talk_misfit")}</p></div>`;
  return html`<div class="text form"><p class="aside">${t("talk_form_answered")}</p>${answers(payload.fields, answer.values)}</div>`;
}

/** The values of a form by the names of its fields. @param {object[]} fields as the form has them, none where it is not known any more */
export function answers(fields, values) {
  return html`<dl class="answers">
    ${Object.entries(values).map(([name, value]) => {
      const field = fields?.find((one) => one.name === name);
      const label = field?.options?.find((option) => option.value === value)?.label;
      const told = typeof value === "boolean" ? t(value ? "talk_yes" : "talk_no") : (label ?? String(value));
      return html`<div><dt>${field?.short ?? field?.label ?? name}</dt><dd dir="auto">${linked(told)}</dd></div>`;
    })}
  </dl>`;
}

/** How far it got, as its channel or the customer's reading tells. */
function reached({ role, status }, again) {
  if (role === "user" || !status) return nothing;
  return html` · <span class="status ${status}">${t(`talk_${status}`)}</span>
    ${status === "failed" ? html`<button type="button" class="quiet again" @click=${again}>${t("talk_send_again")}</button>` : nothing}`;
}

async function sendAgain({ id }, { conversation, desk }) {
  try {
    await conversation.retry(id);
  } catch (error) {
    desk.notices.fail(error);
  }
}

export const moment = (at) => html`<time datetime=${at} title=${fullMoment(at)}>${clock.format(new Date(at))}</time>`;

/** A text whose addresses are links, opened apart and without ours. */
export const linked = (text) =>
  addressesIn(text).map((part, place) =>
    place % 2 && URL.canParse(part)
      ? html`<a href=${part} target="_blank" rel="noopener noreferrer nofollow">${part}<span class="sr">${t("talk_opens")}</span></a>`
      : part,
  );
