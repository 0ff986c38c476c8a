/** Webhooks: other systems that are told what happens. The list, and behind it what was sent to each. */

import { html } from "lit";
import "../told/deliveries.js";
import { Parts } from "../told/parts.js";
import "../told/webhook-list.js";

/** @see Places.register */
export const tag = "inbox-webhooks";

class InboxWebhooks extends Parts {
  part(id) {
    const { desk } = this;
    if (!id) return html`<inbox-webhook-list .desk=${desk}></inbox-webhook-list>`;
    return html`<inbox-deliveries .desk=${desk} .webhookId=${id}></inbox-deliveries>`;
  }
}

customElements.define(tag, InboxWebhooks);
