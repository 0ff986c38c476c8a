/** Which keys do what, and switches to turn each off. */

import { html } from "lit";
import { t } from "../texts.js";
import { View } from "./element.js";

/** @see Places.register */
export const tag = "inbox-shortcuts";

class InboxShortcuts extends View {
  render() {
    return html`<h1>${t("page_shortcuts")}</h1>`;
  }
}

customElements.define(tag, InboxShortcuts);
