/** Switches for what calls: the tone, the desktop. */

import { html, nothing } from "lit";
import { t } from "../texts.js";
import { askToNotify, canNotify } from "./desktop.js";
import { View } from "./element.js";

/** @see Places.register */
export const tag = "inbox-alerts";

class InboxAlerts extends View {
  follows(follow) {
    follow(this.desk.alerts, "change");
  }

  render() {
    const { alerts } = this.desk;
    const isAllowed = canNotify() && Notification.permission === "granted";
    return html`
      <div class="column">
        <h1>${t("page_alerts")}</h1>
        <p class="lead">${t("alerts_lead")}</p>
        <ul class="switches">
          <li>
            <label>
              <span>${t("alerts_sound")}</span>
              <input type="checkbox" role="switch" .checked=${alerts.hasSound} @change=${({ target }) => alerts.turnSound(target.checked)} />
            </label>
          </li>
          <li>
            <label>
              <span>${t("alerts_desktop")}</span>
              <input type="checkbox" role="switch" ?disabled=${!canNotify()} .checked=${alerts.hasDesktop && isAllowed} @change=${this.#desktop} />
            </label>
          </li>
        </ul>
        ${canNotify() && Notification.permission === "denied" ? html`<p role="status">${t("alerts_denied")}</p>` : nothing}
      </div>
    `;
  }

  #desktop = async ({ target }) => {
    const isOn = target.checked && (await askToNotify());
    this.desk.alerts.turnDesktop(isOn);
    target.checked = isOn;
    this.requestUpdate();
  };
}

customElements.define(tag, InboxAlerts);
