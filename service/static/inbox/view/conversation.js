/** The conversation that is open. */

import { html, nothing } from "lit";
import { t } from "../texts.js";
import { View } from "./element.js";
import { nameOf } from "./words.js";

class InboxConversation extends View {
  follows(follow) {
    follow(this.desk.inbox, "change");
  }

  render() {
    const { opened, openId } = this.desk.inbox;
    if (!openId) return html`<p class="hint">${t("nothing_open")}</p>`;
    return opened ? html`<h2 tabindex="-1"><bdi>${nameOf(opened.contact)}</bdi></h2>` : nothing;
  }
}

customElements.define("inbox-conversation", InboxConversation);
