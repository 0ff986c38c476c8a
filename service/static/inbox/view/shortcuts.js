/** The list of shortcuts over the screen, for `?`. Turning them off is a page of its own. */

import { html, render } from "lit";
import { t } from "../texts.js";

/** @param {object} desk */
export function showShortcuts({ keys, places }) {
  const dialog = document.body.appendChild(document.createElement("dialog"));
  dialog.className = "shortcuts";
  dialog.setAttribute("aria-labelledby", "shortcuts-title");
  const isOn = ({ name }) => keys.isOn(name);
  render(
    html`<form method="dialog">
      <h2 id="shortcuts-title">${t("page_shortcuts")}</h2>
      <dl>
        ${[...keys.all.values()].filter(isOn).map(({ key, label }) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(label)}</dd></div>`)}
      </dl>
      <div class="row end">
        <a href=${places.page("shortcuts")} @click=${() => dialog.close()}>${t("keys_change")}</a>
        <button class="main" autofocus>${t("close")}</button>
      </div>
    </form>`,
    dialog,
  );
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.remove());
}
