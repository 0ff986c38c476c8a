/** The assistant's settings: read by all, changed by admins, tried beside before they are saved. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { fullMoment } from "../words.js";
import { changes } from "./changes.js";
import { changed, draftOf } from "./draft.js";
import { budgets, handover, instructions, links, mode, topics } from "./fields.js";
import "./try.js";

const PLACE = "settings/assistant";

/** What was changed and not saved, for who looks at another page meanwhile. */
let kept = null;

class InboxAssistantForm extends Loaded {
  heading = "page_assistant";
  /** The settings as they were read or saved last. */
  base = null;
  /** As they are being changed. @see draftOf */
  draft = null;
  /** What somebody else has saved meanwhile. */
  theirs = null;
  isSaving = false;
  #problem = null;

  connectedCallback() {
    super.connectedCallback();
    addEventListener("beforeunload", (event) => this.isDirty && event.preventDefault(), { signal: this.life });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#keep();
  }

  /** For who comes back. Who leaves before anything is there leaves what was kept. */
  #keep() {
    if (this.draft) kept = this.isDirty ? { base: this.base, draft: this.draft } : null;
  }

  async load(signal) {
    const now = await this.desk.api.get("/assistant", {}, { signal });
    // What was begun goes on from the state that it began from.
    Object.assign(this, kept ?? { base: now, draft: draftOf(now) });
  }

  /** What would be sent: empty where nothing was changed. */
  get changes() {
    return this.draft ? changed(this.draft, draftOf(this.base)) : {};
  }

  get isDirty() {
    return Object.keys(this.changes).length > 0;
  }

  /** What is wrong with a field, by its path or one within it. @param {string} path */
  fault = (path) => {
    const found = (this.#problem?.errors ?? []).find(({ field }) => field === path || field.startsWith(`${path}.`));
    if (!found) return null;
    const key = `asi_fault_${path.split(".")[0]}`;
    return t(key) === key ? t("problem_invalid") : t(key);
  };

  /** @param {Partial<object>} values of the draft */
  change = (values) => {
    this.draft = { ...this.draft, ...values };
    this.requestUpdate();
  };

  page() {
    const { base } = this;
    const said = base.by
      ? html`${t("asi_version", { n: base.version })} · ${fullMoment(base.createdAt)} · <bdi>${base.by.name}</bdi>`
      : t("asi_version_shipped");
    return html`
      <div class="row head">
        <p class="small">${t("asi_hint")}</p>
        <a class="button" href=${this.desk.places.page("answers")}>${t("page_answers")}</a>
      </div>
      <p class="small">${said}
        ${this.mayConfigure ? html` · <a href=${this.desk.places.page(`${PLACE}/versions`)}>${t("asi_versions")}</a>` : nothing}
      </p>
      ${this.theirs ? this.#conflict() : nothing}
      <div class="assistant ${this.mayConfigure ? "" : "read"}">
        ${this.#form()}
        ${this.mayConfigure ? html`<inbox-assistant-try .desk=${this.desk} .settings=${this.changes} .mode=${this.draft.mode} .environment=${base.environment}></inbox-assistant-try>` : nothing}
      </div>`;
  }

  #form() {
    return html`<form @submit=${this.#submit} novalidate>
      <fieldset class="whole" ?disabled=${!this.mayConfigure}>
        ${mode(this)}${topics(this)}${handover(this)}${instructions(this)}${links(this)}${budgets(this)}
      </fieldset>
      <div class="save" ?hidden=${!this.isDirty}>
        <span role="status">${this.isDirty ? t("set_unsaved") : ""}</span>
        <button type="button" class="quiet" @click=${() => this.take(this.base)}>${t("set_undo")}</button>
        <button class="main" ?disabled=${this.isSaving}>${t("set_save")}</button>
      </div>
    </form>`;
  }

  #conflict() {
    return html`<section class="conflict" role="alert">
      <h2>${t("set_conflict")}</h2>
      ${changes(this.base, this.theirs)}
      <div class="row">
        <button type="button" @click=${() => this.take(this.theirs)}>${t("set_take_theirs")}</button>
        <button type="button" class="main" @click=${this.#saveOver}>${t("set_save_mine")}</button>
      </div>
    </section>`;
  }

  /** Show these settings, and forget what was changed here. */
  take(settings) {
    const base = { ...this.base, ...settings };
    Object.assign(this, { base, draft: draftOf(base), theirs: null });
    this.#problem = null;
    this.requestUpdate();
  }

  /** Save what was changed here over what is there now, which was looked at; what was left alone stays as the others have it. */
  #saveOver = () => {
    this.#takeBeneath(this.theirs, draftOf(this.base));
    return this.#save();
  };

  /** Show these settings, and what was changed here since `former` on top of them. */
  #takeBeneath(settings, former) {
    const draft = this.draft;
    this.take(settings);
    this.change(Object.fromEntries(Object.keys(changed(draft, former)).map((name) => [name, draft[name]])));
  }

  #submit = (event) => {
    event.preventDefault();
    this.#save();
  };

  async #save() {
    if (!this.isDirty || this.isSaving) return;
    this.isSaving = true;
    this.#problem = null;
    this.requestUpdate();
    const sent = this.draft;
    try {
      const saved = await this.desk.api.put("/assistant", { ...this.changes, ifVersion: this.base.version });
      // What was written while it was on its way is not saved.
      this.#takeBeneath(saved, sent);
      if (this.life.aborted) this.#keep();
      this.desk.notices.say(t("set_saved"));
    } catch (error) {
      if (error.code === "settings_changed" && error.current) this.theirs = error.current;
      else if (error.code === "invalid") this.#problem = error;
      else this.desk.notices.fail(error);
    }
    this.isSaving = false;
    this.requestUpdate();
    await this.updateComplete;
    // What is in the way may be out of sight. Who writes on is told, and goes on.
    if (sent === this.draft) this.querySelector(".conflict button, [aria-invalid]")?.focus();
  }
}

customElements.define("inbox-assistant-form", InboxAssistantForm);
