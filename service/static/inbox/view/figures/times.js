/** Who waits now, and how long people waited and their conversations took: in all hours, and in the team's. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { beside, spreads } from "./plot.js";
import { lasted, number } from "./words.js";

export function waiting({ waiting: now, counts }) {
  return html`<section>
    <h2>${t("fig_waiting")}</h2>
    <dl class="tiles">
      ${tile("fig_waiting_count", number(now.count))}
      ${tile("fig_longest", lasted(now.longestSeconds))}
      ${tile("fig_longest_working", lasted(now.longestWorkingSeconds))}
    </dl>
    <p class="small">${counts.waiting}</p>
  </section>`;
}

export function times({ firstAnswers, completions, counts }, width) {
  return html`
    ${timed("first", firstAnswers, ["asked", "answered", "waiting", "left"], counts.firstAnswers, width)}
    ${timed("completion", completions, ["completed", "unanswered", "byBot"], counts.completions, width)}
    <p class="small">${counts.workingSeconds}</p>`;
}

function timed(name, figure, facts, words, width) {
  const rows = ["seconds", "workingSeconds"].filter((kind) => figure[kind]);
  return html`<section>
    <h2>${t(`fig_${name}`)}</h2>
    <dl class="tiles">${facts.map((fact) => tile(`fig_${name}_${fact}`, number(figure[fact])))}</dl>
    ${rows.length ? both(name, figure, rows, width) : html`<p class="empty">${t("fig_none")}</p>`}
    <p class="small">${words}</p>
  </section>`;
}

function both(name, figure, rows, width) {
  const told = rows.map((kind) => ({ name: t(`fig_${kind}`), ...figure[kind] }));
  const desc = told.map((one) =>
    t("fig_spread_desc", { name: one.name, median: lasted(one.median), p90: lasted(one.p90) }),
  );
  return html`<div class="pair">
    ${spreads({ title: t(`fig_${name}`), desc: desc.join(" "), width: beside(width), rows: told, say: lasted })}
    <table>
      <thead><tr><th scope="col">${t("fig_hours")}</th><th scope="col" class="number">${t("fig_median")}</th><th scope="col" class="number">${t("fig_p90")}</th></tr></thead>
      <tbody>${told.map((one) => html`<tr><th scope="row">${one.name}</th><td class="number">${lasted(one.median)}</td><td class="number">${lasted(one.p90)}</td></tr>`)}</tbody>
    </table>
  </div>`;
}

function tile(name, value) {
  return html`<div><dt>${t(name)}</dt><dd>${value ?? nothing}</dd></div>`;
}
