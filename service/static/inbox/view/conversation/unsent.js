/** What was written and is not there yet: that it goes, that it waits, or why it was refused and what can be done. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { icon } from "../icons.js";

/** @param {import("../../store/outbox.js").Entry} entry @param {import("../element.js").View & {conversation: object}} host */
export function unsent(entry, { desk, conversation }) {
  const { kind, content, failure, conversationId } = entry;
  const { outbox, drafts } = desk.talk;
  const isNote = kind === "note";
  const state = failure ? "failed" : outbox.isWaiting(conversationId) ? "waiting" : "sending";
  return html`<li class="${isNote ? "note" : "said operator first last"} unsent ${state}" data-unsent=${entry.id}>
    ${isNote ? html`<p class="by"><span class="tag">${icon("note")}${t("talk_note")}</span></p>` : html`<p class="sr">${desk.inbox.me.displayName}</p>`}
    <div class="text" dir="auto">${content}</div>
    <p class="when" role=${failure ? "alert" : nothing}>${failure ? reason(failure, kind) : t(`talk_${state}`)}</p>
    ${
      failure
        ? html`<p class="row">
            ${canGo(failure) ? html`<button type="button" class="main" @click=${() => outbox.retry(entry.id, conversation.seen?.rev)}>${t(failure === "conversation_changed" ? "talk_send_after_all" : "again")}</button>` : nothing}
            <button type="button" @click=${() => back(entry, { outbox, drafts, desk })}>${t("talk_back_to_draft")}</button>
            <button type="button" class="quiet" @click=${() => outbox.take(entry.id)}>${t("talk_discard")}</button>
          </p>`
        : nothing
    }
  </li>`;
}

function reason(failure, kind) {
  const key = `talk_unsent_${failure}`;
  const words = t(key);
  if (words !== key) return words;
  const problem = t(`problem_${failure}`);
  return `${t(kind === "note" ? "talk_unsent_note" : "talk_unsent")} ${problem === `problem_${failure}` ? t("problem_internal") : problem}`;
}

const canGo = (failure) => !["conversation_completed", "not_found", "invalid"].includes(failure);

/** Into the composer of its kind, before what stands there: a note never becomes a reply. */
function back({ id, conversationId, kind, content }, { outbox, drafts, desk }) {
  const { text } = drafts.get(conversationId, kind) ?? { text: "" };
  drafts.write(conversationId, kind, text ? `${content}\n${text}` : content, desk.talk.current?.seen ?? null);
  outbox.take(id);
  drafts.dispatchEvent(new CustomEvent("taken", { detail: { conversationId, kind } }));
}
