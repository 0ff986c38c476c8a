/** What came of a try, from what a customer would read to what the model said word for word. */

import { html, nothing } from "lit";
import { locale, t } from "../../texts.js";
import { money } from "./money.js";
import { outcomeMark, reasonWords } from "./words.js";

/**
 * What every answer of a model is looked at for, in this order; each covers some faults. Where one of the first three fails,
 * what comes after it was not looked at.
 */
const CHECKS = {
  readable: ["unreadable", "cut", "empty", "too_long"],
  sources: ["unknown_chunk"],
  quotes: ["quote_missing"],
  figures: ["number_not_quoted"],
  links: ["link_not_quoted", "link_not_allowed"],
  meaning: ["negated", "unsupported"],
  topics: ["forbidden_topic", "gives_orders"],
  language: ["wrong_language"],
};
const FIRST = 3;

/** @param {object} one as the API has it @param {import("../../places.js").Places} places */
export function tried(one, places) {
  if (one.status === "failed")
    return html`<p class="fault" role="alert">${t("asi_try_failed")}</p>${found(one, places)}`;
  if (one.status === "pending")
    return html`<p class="standing">${t("asi_try_pending")} <progress aria-label=${t("asi_try_pending")}></progress></p>${found(one, places)}`;
  return html`
    ${seen(one)}
    ${found(one, places)}
    ${one.attempts.map((attempt, place) => said(attempt, place))}
    ${one.prompt.length ? prompt(one.prompt) : nothing}
    ${facts(one)}`;
}

/** What a customer would read. */
function seen({ outcome, reason, shown, mode }) {
  return html`<section class="shown">
    <h3>${t("asi_try_shown")} ${outcomeMark(outcome, mode)}</h3>
    ${
      shown
        ? html`<div class="bubble"><p>${shown.text}</p>
          ${shown.sources.length ? html`<ul class="sources" aria-label=${t("asi_sources")}>${shown.sources.map(source)}</ul>` : nothing}</div>`
        : html`<p class="bubble silent">${t(`asi_flow_${outcome ?? "off"}`)}</p>`
    }
    ${reason ? html`<p class="small">${reasonWords(reason)}</p>` : nothing}
  </section>`;
}

const source = ({ slug, title, locale: language, quote }) => html`<li>
  <a href="/help/${encodeURIComponent(slug)}?lang=${language}" target="_blank" rel="noopener"><bdi lang=${language}>${title}</bdi></a>
  ${quote ? html`<q lang=${language}>${quote}</q>` : nothing}
</li>`;

/** What was found, how well it fits, and whether it may be given as it stands. */
function found({ found: pieces, foundMilliseconds }, places) {
  if (!pieces.length)
    return html`<section><h3>${t("asi_found")}</h3><p class="small">${t("asi_found_none")}</p></section>`;
  return html`<section><h3>${t("asi_found")}</h3>
    <p class="small">${t("asi_found_hint", { n: pieces.length, ms: number(foundMilliseconds) })}</p>
    <ol class="cards pieces">${pieces.map(
      (one, place) => html`<li class="card">
        <details ?open=${place === 0}>
          <summary><bdi lang=${one.locale}>${one.titlePath || one.title}</bdi>
            <span class="mark ${one.answerable ? "done" : ""}">${t(one.answerable ? "asi_answerable" : "asi_not_answerable")}</span>
            <span class="small">${t("asi_scored", { coverage: percent(one.coverage), score: number(one.score) })}</span>
          </summary>
          <p class="piece" lang=${one.locale}>${one.text}</p>
          <p class="small"><a href=${places.page(`articles/${one.articleId}`)}>${t("asi_open_article")}<span class="sr">: ${one.title}</span></a></p>
        </details>
      </li>`,
    )}</ol>
  </section>`;
}

/** One answer of the model, word for word, and what the checks say of it. */
function said({ raw, faults, tokensIn, tokensOut, milliseconds }, place) {
  const found = Object.entries(CHECKS).map(([name, codes]) => [
    name,
    faults.filter(({ code }) => codes.includes(code)),
  ]);
  const end = found.slice(0, FIRST).findIndex(([, wrong]) => wrong.length);
  return html`<section>
    <h3>${t(place ? "asi_raw_again" : "asi_raw")}</h3>
    ${
      isAnswer(raw)
        ? html`<ul class="results checks" aria-label=${t("asi_checks")}>${found.map(([name, wrong], at) => check(name, wrong, end < 0 || at <= end))}</ul>`
        : html`<p class="small">${t("asi_nothing_checked")}</p>`
    }
    <details><summary>${t("asi_raw_text")} <span class="small">${t("asi_asked", { in: number(tokensIn), out: number(tokensOut), s: seconds(milliseconds) })}</span></summary>
      <pre tabindex="0">${pretty(raw)}</pre></details>
  </section>`;
}

function check(name, faults, wasLookedAt) {
  const outcome = faults.length ? "failed" : wasLookedAt ? "passed" : "unknown";
  return html`<li class=${{ failed: "failed", passed: "done", unknown: "" }[outcome]}>
    <span aria-hidden="true">${{ failed: "✗", passed: "✓", unknown: "–" }[outcome]}</span> ${t(`asi_check_${name}`)}<span class="sr">: ${t(`asi_check_${outcome}`)}</span>
    ${faults.map(({ told }) => html`<span class="small" lang="en">${told}</span>`)}
  </li>`;
}

const prompt = (parts) => html`<details class="prompt"><summary>${t("asi_prompt")}</summary>
  <p class="small">${t("asi_prompt_hint")}</p>
  ${parts.map(({ role, content }) => html`<h4>${role}</h4><pre tabindex="0">${content}</pre>`)}
</details>`;

function facts({ mode, model, tokensIn, tokensOut, costMicros, milliseconds, foundMilliseconds }) {
  const rows = [
    ["asi_mode", t(`asi_mode_${mode}`)],
    ["asi_fact_model", model],
    [
      "asi_fact_cost",
      model && `${money(costMicros)} · ${t("asi_tokens", { in: number(tokensIn), out: number(tokensOut) })}`,
    ],
    ["asi_fact_time", model ? `${seconds(milliseconds)}` : `${number(foundMilliseconds)} ms`],
  ];
  return html`<dl class="facts">${rows.filter(([, value]) => value).map(([key, value]) => html`<div><dt>${t(key)}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const number = (value) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);
const percent = (value) => new Intl.NumberFormat(locale, { style: "percent" }).format(value);
const seconds = (milliseconds) => t("asi_seconds", { n: number(milliseconds / 1000) });

/** Whether there is something to check: who hands over or asks back says nothing that is shown. */
function isAnswer(raw) {
  try {
    return !["handover", "clarify"].includes(JSON.parse(raw).action);
  } catch {
    return true;
  }
}

/** JSON is laid out for reading; what is none stays as it came. */
function pretty(raw) {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
