/** Figures by day, by operator, by label, and ratings: as a plot where that says more, and as a table always. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { beside, columns } from "./plot.js";
import { lasted, number, shortDay } from "./words.js";

const DAY = ["begun", "asked", "completed"];

export function byDay({ days, counts }, width) {
  const series = DAY.map((name) => ({ name: t(`fig_${name}`), values: days.map((day) => day[name]) }));
  const sums = series.map(({ name, values }) => `${name} ${number(values.reduce((sum, value) => sum + value, 0))}`);
  const places = days.map(({ date }) => shortDay(date));
  const waits = [{ name: t("fig_median"), values: days.map(({ seconds }) => seconds && seconds.median / 60) }];
  const minutes = (value) => t("fig_minutes", { n: number(value) });
  const hasWaits = waits[0].values.some((value) => value !== null);
  return section("days", counts.days, [
    columns({ title: t("fig_days"), desc: sums.join(", "), width, places, series, say: number }),
    hasWaits
      ? html`<h3>${t("fig_days_waits")}</h3>
        ${columns({ title: t("fig_days_waits"), desc: t("fig_days_waits_desc"), width, places, series: waits, say: minutes })}`
      : nothing,
    table(
      [
        "fig_day",
        "fig_begun",
        "fig_asked",
        "fig_answered",
        "fig_completed",
        "fig_completed_bot",
        "fig_median",
        "fig_p90",
      ],
      days.map((day) => [
        html`<time datetime=${day.date}>${day.date}</time>`,
        ...["begun", "asked", "answered", "completed", "completedByBot"].map((name) => number(day[name])),
        ...spread(day.seconds),
      ]),
      "fig_days",
      days.length > 10,
    ),
  ]);
}

export function byOperator({ operators, counts }) {
  if (!operators.length) return nothing;
  const rows = operators.map((one) => [
    html`<bdi>${one.displayName}</bdi>${one.isActive ? nothing : html` <span class="mark">${t("fig_left_team")}</span>`}`,
    bar(one.messages, Math.max(...operators.map(({ messages }) => messages))),
    number(one.firstAnswers),
    number(one.completed),
    ...spread(one.seconds),
  ]);
  const heads = ["fig_operator", "fig_messages", "fig_first_answers", "fig_completed", "fig_median", "fig_p90"];
  return section("operators", counts.operators, [table(heads, rows, "fig_operators")]);
}

export function byLabel({ labels, counts }) {
  const most = Math.max(1, ...labels.map(({ begun, asked }) => Math.max(begun, asked)));
  const rows = labels.map((one) => [
    html`<span class="mark label" .style=${one.color ? `--label: ${one.color}` : ""}><bdi>${one.name}</bdi></span>`,
    bar(one.begun, most),
    number(one.asked),
    number(one.answered),
    ...spread(one.seconds),
  ]);
  const heads = ["fig_label", "fig_begun", "fig_asked", "fig_answered", "fig_median", "fig_p90"];
  const shown = rows.length ? table(heads, rows, "fig_labels") : html`<p class="empty">${t("fig_none")}</p>`;
  return section("labels", counts.labels, [shown]);
}

export function ratings({ ratings: found, counts }, width) {
  const places = [1, 2, 3, 4, 5].map((score) => t("fig_score", { n: score }));
  const desc = found.scores.map((count, place) => `${places[place]} ${number(count)}`).join(", ");
  const plot = { title: t("fig_ratings"), desc, width: beside(width), places };
  const scores = found.scores.map((count, place) => [places[place], number(count)]);
  const shown = found.count
    ? [
        html`<dl class="tiles">
          <div><dt>${t("fig_ratings_count")}</dt><dd>${number(found.count)}</dd></div>
          <div><dt>${t("fig_ratings_average")}</dt><dd>${number(found.average)}</dd></div>
        </dl>`,
        html`<div class="pair">
          ${columns({ ...plot, series: [{ name: t("fig_ratings_count"), values: found.scores }], say: number })}
          ${table(["fig_ratings", "fig_ratings_count"], scores, "fig_ratings")}
        </div>`,
      ]
    : [html`<p class="empty">${t("fig_none")}</p>`];
  return section("ratings", counts.ratings, shown);
}

function section(name, words, parts) {
  return html`<section>
    <h2>${t(`fig_${name}`)}</h2>
    ${parts}
    <p class="small">${words}</p>
  </section>`;
}

/** @param {string[]} heads keys of texts; the first column names the row @param {boolean} isLong whether it is folded */
function table(heads, rows, label, isLong = false) {
  const whole = html`<div class="scroll" tabindex="0" role="region" aria-label=${t(label)}>
    <table>
      <thead><tr>${heads.map((head, place) => html`<th scope="col" class=${place ? "number" : ""}>${t(head)}</th>`)}</tr></thead>
      <tbody>${rows.map(
        ([name, ...cells]) =>
          html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>`,
      )}</tbody>
    </table>
  </div>`;
  return isLong ? html`<details><summary>${t("fig_table")}</summary>${whole}</details>` : whole;
}

/** A number with its length beside it. */
function bar(value, most) {
  return html`<span class="measure">${value ? html`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width=${(value / most) * 100} height="10"></rect></svg>` : nothing}<span>${number(value)}</span></span>`;
}

const spread = (seconds) => [lasted(seconds?.median), lasted(seconds?.p90)];
