/** Automatic answers: how they are given, what the assistant is told, a try beside it; behind it its versions. */

import { html } from "lit";
import "../assistant/form.js";
import "../assistant/versions.js";
import { Parts } from "../told/parts.js";

/** @see Places.register */
export const tag = "inbox-assistant";

class InboxAssistant extends Parts {
  part(id) {
    const { desk } = this;
    if (id === "versions") return html`<inbox-assistant-versions .desk=${desk}></inbox-assistant-versions>`;
    return html`<inbox-assistant-form .desk=${desk}></inbox-assistant-form>`;
  }
}

customElements.define(tag, InboxAssistant);
