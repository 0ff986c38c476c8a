/** How it went in a period, in a row of tiles: shares of what was asked, whether it helped, what the month has cost. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { money, share } from "./money.js";

/** @param {object} all as the API has it */
export function totals(all) {
  const { questions, helpful, notHelpful, month } = all;
  const rated = helpful + notHelpful;
  const tile = (key, value, more) =>
    html`<div><dt>${t(key)}${more ? html`<br><span class="small">${more}</span>` : nothing}</dt><dd>${value}</dd></div>`;
  const part = (key, count) => tile(key, share(count, questions), t("asi_times", { n: count }));
  return html`<dl class="tiles narrow" aria-label=${t("asi_totals")}>
    ${tile("asi_questions", questions)}
    ${part("asi_outcome_answered", all.answered)}
    ${part("asi_outcome_handed_over", all.handedOver)}
    ${part("asi_outcome_unknown", all.unknown)}
    ${part("asi_outcome_refused", all.refused)}
    ${tile("asi_helped", share(helpful, rated), t("asi_rated", { n: rated }))}
    ${tile("asi_month", money(month.costMicros), t("asi_of_budget", { money: money(month.budgetMicros) }))}
  </dl>
  ${month.budgetMicros && month.costMicros >= month.budgetMicros ? html`<p class="standing away">${t("asi_used_up")}</p>` : nothing}`;
}
