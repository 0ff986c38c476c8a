/** Rules: what is to happen by itself. The list, and behind it the form of one, a try and what became of it. */

import { html } from "lit";
import { Parts } from "../told/parts.js";
import "../told/rule-form.js";
import "../told/rule-list.js";
import "../told/rule-runs.js";
import "../told/rule-try.js";

/** @see Places.register */
export const tag = "inbox-rules";

class InboxRules extends Parts {
  part(id, what) {
    const { desk } = this;
    if (!id) return html`<inbox-rule-list .desk=${desk}></inbox-rule-list>`;
    if (what === "try") return html`<inbox-rule-try .desk=${desk} .ruleId=${id}></inbox-rule-try>`;
    if (what === "runs") return html`<inbox-rule-runs .desk=${desk} .ruleId=${id}></inbox-rule-runs>`;
    return html`<inbox-rule-form .desk=${desk} .ruleId=${id === "new" ? null : id}></inbox-rule-form>`;
  }
}

customElements.define(tag, InboxRules);
