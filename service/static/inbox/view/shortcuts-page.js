/** Which keys do what, and switches to turn each of them off. */

import { html } from "lit";
import { t } from "../texts.js";
import { View } from "./element.js";

/** @see Places.register */
export const tag = "inbox-shortcuts";

class InboxShortcuts extends View {
  follows(follow) {
    follow(this.desk.keys, "change");
  }

  render() {
    const { keys } = this.desk;
    return html`
      <div class="column">
        <h1>${t("page_shortcuts")}</h1>
        <p class="lead">${t("keys_lead")}</p>
        <ul class="switches">
          ${[...keys.all.values()].map(
            ({ name, key, label }) => html`<li>
              <label>
                <kbd>${key}</kbd>
                <span>${t(label)}</span>
                <input type="checkbox" role="switch" .checked=${keys.isOn(name)} @change=${({ target }) => keys.turn(name, target.checked)} />
              </label>
            </li>`,
          )}
        </ul>
      </div>
    `;
  }
}

customElements.define(tag, InboxShortcuts);
