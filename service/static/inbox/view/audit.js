/** The audit: who changed what of the team's settings, from what to what, and when; what was exported. Nothing in it changes. */

import { html, nothing } from "lit";
import { t } from "../texts.js";
import { Loaded } from "./loaded.js";
import { inWords } from "./settings/told.js";
import { fullMoment } from "./words.js";

/** @see Places.register */
export const tag = "inbox-audit";

class InboxAudit extends Loaded {
  heading = "page_audit";
  entries = [];
  #next = null;
  #isAsking = false;

  async load(signal) {
    const { entries, nextCursor } = await this.desk.api.get("/audit", {}, { signal });
    Object.assign(this, { entries });
    this.#next = nextCursor;
  }

  page() {
    return html`
      <p class="small">${t("aud_hint")}</p>
      ${this.entries.length ? html`<ol class="audit" tabindex="0" aria-label=${t("page_audit")}>${this.entries.map(entry)}</ol>` : html`<p class="empty">${t("aud_none")}</p>`}
      ${this.#next ? html`<button type="button" ?disabled=${this.#isAsking} @click=${this.#more}>${t("aud_more")}</button>` : nothing}`;
  }

  #more = async () => {
    this.#isAsking = true;
    this.requestUpdate();
    try {
      const { entries, nextCursor } = await this.desk.api.get("/audit", { cursor: this.#next });
      this.entries = [...this.entries, ...entries];
      this.#next = nextCursor;
    } catch (error) {
      this.desk.notices.fail(error);
    }
    this.#isAsking = false;
    this.requestUpdate();
  };
}

const entry = (one) => html`<li>
  <p>
    <strong><bdi>${one.actor.name ?? t("aud_system")}</bdi></strong> · ${summary(one)}
    <time class="small" datetime=${one.createdAt}>${fullMoment(one.createdAt)}</time>
  </p>
  ${
    one.changes.length
      ? html`<dl class="changes">
          ${inOrder(one.changes).map(
            ({ field, from, to }) => html`<div>
              <dt>${t(fieldKey(one.what, field))}</dt>
              <dd>
                ${one.action === "added" ? nothing : html`<del><span class="sr">${t("aud_before")}: </span>${value(field, from)}</del>`}
                ${one.action === "changed" ? html`<span aria-hidden="true">→</span>` : nothing}
                ${one.action === "removed" ? nothing : html`<ins><span class="sr">${t("aud_after")}: </span>${value(field, to)}</ins>`}
              </dd>
            </div>`,
          )}
        </dl>`
      : nothing
  }
</li>`;

/** What a thing is called comes first; the rest as the forms have it. */
const ORDER = ["displayName", "name", "shortcut", "content", "color", "role", "timeZone", "spans", "holidays"];
const rank = ({ field }) => (ORDER.indexOf(field) + ORDER.length + 1) % (ORDER.length + 1);
const inOrder = (changes) => [...changes].sort((a, b) => rank(a) - rank(b));

const value = (field, said) =>
  field === "color" && said
    ? html`<span class="mark label" .style=${`--label: ${said}`}>${said}</span>`
    : inWords(field, said);

/** What is done to a thing and changes nothing that it says. */
const DONE = ["retried", "resent", "rotated", "tried", "order"];

/** What is on or off is said of a person in other words. */
const TOLD = new Set(["rule", "webhook"]);
const fieldKey = (what, field) => `set_field_${field === "isActive" && TOLD.has(what) ? "told_" : ""}${field}`;

/** In a sentence, what was done. */
function summary({ type, what, action, name, details }) {
  if (type === "export.made") return t(what === "inquiries" ? "aud_exported_inquiries" : "aud_exported_transcripts");
  if (type === "inquiry.marked") return t(details.to === "done" ? "aud_marked_done" : "aud_marked_new");
  if (type !== "settings.changed") return type;
  const thing = t(`aud_what_${what}`);
  if (details.reason) return t(`aud_disabled_${details.reason}`, { what: thing });
  const done = DONE.find((one) => details[one]) ?? action ?? "changed";
  return t(`aud_${done}`, { what: name ? `${thing} “${name}”` : thing });
}

customElements.define(tag, InboxAudit);
