/** What became of an action, or would. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";

const SIGNS = { done: "✓", failed: "✗", skipped: "–" };

/** @param {{type: string, status: "done"|"failed"|"skipped", error: ?string, words?: string}} one `words` where more is known than its type */
export const actionResult = ({ type, status, error, words = t(`told_do_${type}`) }) => html`<li class=${status}>
  <span aria-hidden="true">${SIGNS[status]}</span> ${words}<span class="sr">: ${t(`told_action_${status}`)}</span>
  ${error ? html`<span class="fault">${errorText(error)}</span>` : nothing}
</li>`;

function errorText(error) {
  const key = `told_error_${error}`;
  return t(key) === key ? error : t(key);
}
