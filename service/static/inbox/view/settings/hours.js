/** When the team answers: the plan, holidays, what holds by hand, and this week as a picture of it. Agents read it. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { faultsOf } from "./field.js";
import { conflict } from "./hours-conflict.js";
import { holidays } from "./hours-holidays.js";
import { override } from "./hours-override.js";
import { plan, planInWords } from "./hours-plan.js";
import { standing } from "./hours-standing.js";
import { week } from "./week.js";

/** @see Places.register */
export const tag = "inbox-hours";

const PLAN = ["timeZone", "spans", "holidays", "alwaysOpen", "expectedReplySeconds"];
/** Milliseconds after the last change before the picture is drawn anew. */
const PATIENCE = 300;

/** What was changed and not saved, for who looks at another page meanwhile. */
let kept = null;

class InboxHours extends Loaded {
  heading = "page_hours";
  /** The hours as they were read or saved last. */
  base = null;
  /** The plan as it is being changed. */
  draft = null;
  preview = null;
  /** By field, as the service names it. */
  faults = {};
  /** What somebody else has saved meanwhile. */
  theirs = null;
  isSaving = false;
  /** What is about to be decided by hand. */
  hand = { what: "closed", length: "hour", at: "" };
  #asked = 0;
  #timer = 0;

  connectedCallback() {
    super.connectedCallback();
    const signal = this.life;
    addEventListener("beforeunload", (event) => this.isDirty && event.preventDefault(), { signal });
    document.addEventListener("visibilitychange", () => !document.hidden && this.state === "ready" && this.#look(), {
      signal,
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#keep();
  }

  /** For who comes back. Who leaves before anything is there leaves what was kept. */
  #keep() {
    if (this.draft) kept = this.isDirty ? { base: this.base, draft: this.draft } : null;
  }

  async load(signal) {
    const now = await this.desk.api.get("/hours", {}, { signal });
    // What was begun goes on from the state that it began from.
    Object.assign(this, kept ?? { base: now, draft: planOf(now) });
    await this.#look();
    if (this.preview.presence === "closed") this.hand.what = "open";
  }

  get isDirty() {
    return Boolean(this.draft) && JSON.stringify(this.draft) !== JSON.stringify(planOf(this.base));
  }

  /** @param {Partial<object>} changes of the draft */
  change = (changes) => {
    this.draft = { ...this.draft, ...changes };
    this.requestUpdate();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), PATIENCE);
  };

  page() {
    const now = standing(this.preview);
    if (!this.mayConfigure) return html`${now}${week(this.preview)}${planInWords(this.base)}`;
    return html`
      ${now}
      ${override(this)}
      <section aria-labelledby="week-title"><h2 id="week-title">${t("set_this_week")}</h2>${week(this.preview)}</section>
      ${this.theirs ? conflict(this) : nothing}
      <form @submit=${this.#submit} novalidate>
        ${plan(this)}
        ${holidays(this)}
        <div class="save" ?hidden=${!this.isDirty}>
          <span role="status">${this.isDirty ? t("set_unsaved") : ""}</span>
          <button type="button" class="quiet" @click=${() => this.take(this.base)}>${t("set_undo")}</button>
          <button class="main" ?disabled=${this.isSaving}>${t("set_save")}</button>
        </div>
      </form>`;
  }

  /** Show these hours, and forget what was changed here. */
  take(hours) {
    Object.assign(this, { base: hours, draft: planOf(hours), faults: {}, theirs: null });
    this.#look();
    this.requestUpdate();
  }

  /** Save what was changed here over what is there now, which was looked at; what was left alone stays as the others have it. */
  saveOver() {
    const mine = differing(planOf(this.base), this.draft);
    this.base = this.theirs;
    this.theirs = null;
    this.draft = { ...planOf(this.base), ...mine };
    return this.#save();
  }

  /** Open or close by hand until a moment, or not any more. The plan stays as it is. @param {?boolean} open @param {?Date} until */
  async decide(open, until) {
    const values = { overrideOpen: open, overrideUntil: until?.toISOString() ?? null };
    if (this.isSaving) return;
    this.isSaving = true;
    this.requestUpdate();
    if (await this.#put(values)) this.desk.notices.say(t(open === null ? "set_hand_ended" : "set_hand_done"));
    this.isSaving = false;
    this.requestUpdate();
    this.#look();
  }

  #submit = (event) => {
    event.preventDefault();
    this.#save();
  };

  async #save() {
    if (!this.isDirty || this.isSaving) return;
    this.isSaving = true;
    const sent = this.draft;
    if (await this.#put(sent)) {
      // What was changed while it was on its way is not saved.
      this.draft = { ...planOf(this.base), ...differing(sent, this.draft) };
      if (this.life.aborted) this.#keep();
      this.faults = {};
      this.desk.notices.say(t("set_saved"));
    }
    this.isSaving = false;
    this.requestUpdate();
    await this.updateComplete;
    // What is in the way may be out of sight. Who writes on is told, and goes on.
    if (sent === this.draft) this.querySelector(".conflict button, [aria-invalid]")?.focus();
  }

  /** Whether it was saved. What was refused is said where it belongs. */
  async #put(values) {
    try {
      this.base = await this.desk.api.put("/hours", { ...values, ifVersion: this.base.version });
      return true;
    } catch (error) {
      if (error.code === "settings_changed" && error.current) this.theirs = error.current;
      else if (error.code === "invalid") this.faults = faultsOf(error);
      else this.desk.notices.fail(error);
      return false;
    } finally {
      this.requestUpdate();
    }
  }

  /** Draw the week as the draft would make it. */
  async #look() {
    if (!this.draft) return;
    const asked = ++this.#asked;
    try {
      const seen = await this.desk.api.post("/hours/preview", this.draft);
      if (asked === this.#asked) Object.assign(this, { preview: seen, faults: {} });
    } catch (error) {
      const isWrong = error.code === "invalid";
      // At first there is only what is saved to show, for who comes back to what is wrong; later the picture before stays.
      if (!this.preview && !isWrong) throw error;
      this.preview ??= await this.desk.api.post("/hours/preview", planOf(this.base));
      if (asked === this.#asked && isWrong) this.faults = faultsOf(error);
    }
    this.requestUpdate();
  }
}

/** What a plan has otherwise than another. */
const differing = (former, plan) =>
  Object.fromEntries(
    PLAN.filter((name) => JSON.stringify(plan[name]) !== JSON.stringify(former[name])).map((name) => [
      name,
      plan[name],
    ]),
  );

const planOf = (hours) => Object.fromEntries(PLAN.map((name) => [name, hours[name]]));

customElements.define(tag, InboxHours);
