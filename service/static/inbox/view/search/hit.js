/** One thing that was found: what it says, who said it, whose it is and when; it leads to its place. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { icon } from "../icons.js";
import { channelName, fullMoment, nameOf, shortMoment } from "../words.js";
import { marked } from "./marked.js";

const ICONS = { message: "open", note: "note", inquiry: "all", contact: "person" };

/** @param {object} hit as the API has it @param {object} desk */
export function hitView(hit, desk) {
  const { kind, id, snippet, createdAt, status, channel } = hit;
  return html`<li>
    <a class="hit ${kind}" data-hit=${id} href=${placeOf(hit, desk.places)}>
      <span class="of">
        <span class="mark ${kind}">${icon(ICONS[kind])}${t(`search_kind_${kind}`)}</span>
        <bdi class="whose">${hit.contact ? nameOf(hit.contact) : t("guest")}</bdi>
        ${saidBy(hit)}
        <time datetime=${createdAt} title=${fullMoment(createdAt)}>${shortMoment(createdAt)}</time>
      </span>
      <span class="words" dir="auto">${marked(snippet).map(({ text, isMarked }) => (isMarked ? html`<mark>${text}</mark>` : text))}</span>
      <span class="where small">
        ${status ? t(`search_status_${status}`) : t("search_no_talk")}${channel && channel !== "web" ? html` · <bdi>${channelName(channel, desk.channels)}</bdi>` : nothing}
      </span>
    </a>
  </li>`;
}

function saidBy({ kind, saidBy, authorName }) {
  if (kind === "contact" || saidBy === "customer") return nothing;
  return html`<span class="by"><bdi>${authorName ?? t(`search_by_${saidBy}`)}</bdi></span>`;
}

/** Where it stands: a message and a note in their conversation, what has none where it is kept. */
function placeOf({ kind, id, cursor, conversationId, snippet }, places) {
  if (!conversationId) {
    const words = marked(snippet).find(({ isMarked }) => isMarked)?.text ?? "";
    return `${places.page("inquiries")}?${new URLSearchParams({ q: words })}`;
  }
  const at = kind === "note" ? `note-${id}` : (cursor ?? "");
  return places.conversation(conversationId, { view: "all", filters: {}, at });
}
