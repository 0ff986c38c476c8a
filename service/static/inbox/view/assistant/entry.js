/** A question that was asked, and what became of it. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { fullMoment } from "../words.js";
import { money } from "./money.js";
import { outcomeMark, reasonWords } from "./words.js";

/** What is longer is shown when somebody wants to see it, in characters. */
const SHORT = 160;

/** @param {object} one as the API has it @param {{places: import("../../places.js").Places, inbox: object}} desk */
export function entry(one, { places, inbox }) {
  const { question, answer, outcome, mode, reason, helpful, createdAt, locale: language } = one;
  const wanting = new URLSearchParams({ question: question.slice(0, 300), locale: language });
  return html`<li class="card">
    <div class="about">
      <p class="row signs">
        ${outcomeMark(outcome, mode)}
        <span class="mark">${t(`asi_mode_${mode}`)}</span>
        ${helpful === null ? nothing : html`<span class="mark ${helpful ? "done" : "urgent"}">${t(helpful ? "asi_helpful_yes" : "asi_helpful_no")}</span>`}
        <time class="small" datetime=${createdAt}>${fullMoment(createdAt)}</time>
        ${one.contact.name ? html`<span class="small"><bdi>${one.contact.name}</bdi></span>` : nothing}
      </p>
      <p class="question"><span class="sr">${t("asi_question")}: </span>${question}</p>
      ${answer ? whole(answer) : nothing}
      ${reason ? html`<p class="small">${reasonWords(reason)}</p>` : nothing}
      ${one.sources.length ? html`<ul class="sources" aria-label=${t("asi_sources")}>${one.sources.map(source)}</ul>` : nothing}
      ${one.model ? html`<p class="small">${one.model} · ${t("asi_tokens", { in: one.tokensIn, out: one.tokensOut })} · ${money(one.costMicros)}</p>` : nothing}
      <p class="row links">
        <a href=${places.conversation(one.conversationId, { view: "all", filters: {} })}>${t("asi_conversation")}<span class="sr">: ${question}</span></a>
        ${inbox.me.may.includes("configure") ? html`<a href="${places.page("articles/new")}?${wanting}">${t("asi_write_article")}<span class="sr">: ${question}</span></a>` : nothing}
      </p>
    </div>
  </li>`;
}

const whole = (text) =>
  text.length > SHORT
    ? html`<details class="answer"><summary>${text.slice(0, SHORT)}…</summary><p>${text}</p></details>`
    : html`<p class="answer">${text}</p>`;

const source = ({ slug, title, locale: language }) => html`<li>
  <a href="/help/${encodeURIComponent(slug)}?lang=${language}" target="_blank" rel="noopener"><bdi lang=${language}>${title}</bdi></a>
</li>`;
