/** The form of a rule: its name, what sets it off, when it holds, what it does. What is wrong is said where it is. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { actionsForm } from "./actions.js";
import { groupForm } from "./condition.js";
import { leavesOf, opened, written } from "./draft.js";
import { Faults } from "./faults.js";
import { TYPES, typeName } from "./fields.js";
import { back } from "./parts.js";
import { inWords } from "./sentence.js";
import { teamOf } from "./team.js";

const LONGEST_NAME = 80;

class InboxRuleForm extends Loaded {
  ruleId = null;
  #team = {};
  #draft = { name: "", on: [], root: opened(null), actions: [{ type: "addLabel" }] };
  #error = null;
  #isSaving = false;

  get heading() {
    return this.ruleId ? "told_rule_edit" : "told_rule_add";
  }

  async load(signal) {
    const [{ rules }, team] = await Promise.all([this.desk.api.get("/rules", {}, { signal }), teamOf(this.desk)]);
    this.#team = team;
    if (!this.ruleId) return;
    const rule = rules.find(({ id }) => id === this.ruleId);
    if (!rule) throw Object.assign(new Error("not_found"), { code: "not_found" });
    this.#draft = { ...structuredClone({ name: rule.name, on: rule.on, actions: rule.then }), root: opened(rule.when) };
  }

  page() {
    const draft = this.#draft;
    const { when, places } = written(draft.root);
    const faults = new Faults(this.#error);
    const form = { team: this.#team, faults, places, change: this.#change };
    const list = this.desk.places.page("settings/rules");
    const words = inWords(draft.on, when, draft.actions, this.#team);
    const fields = html`
      <div class="field">
        <label for="rule-name">${t("told_name")}</label>
        <input id="rule-name" maxlength=${LONGEST_NAME} .value=${draft.name} aria-invalid=${faults.has("name") ? "true" : nothing}
          aria-describedby=${faults.has("name") ? "rule-name-fault" : nothing} @input=${({ target }) => this.#set({ name: target.value })}>
        ${faults.at("name", "rule-name")}
      </div>
      <fieldset class="part types" aria-describedby=${faults.has("on") ? "rule-on-fault" : nothing}>
        <legend>${t("told_part_on")}</legend>
        <p class="small">${t("told_part_on_hint")}</p>
        <div class="ticks">${TYPES.map((type) => html`<label><input type="checkbox" name="on" value=${type} .checked=${draft.on.includes(type)} @change=${this.#pick}> ${typeName(type)}</label>`)}</div>
        ${faults.at("on", "rule-on")}
      </fieldset>
      <fieldset class="part">
        <legend>${t("told_part_when")}</legend>
        <p class="small">${t("told_part_when_hint")}</p>
        ${groupForm(draft.root, form)}
      </fieldset>
      <fieldset class="part">
        <legend>${t("told_part_then")}</legend>
        ${actionsForm(draft.actions, form)}
      </fieldset>`;
    const others = this.#others(faults, places);
    return html`${back(list, t("page_rules"))}
      <form class="rule" novalidate @submit=${this.#save}>
        <div role="alert">${others.map((one) => html`<p class="fault">${one}</p>`)}</div>
        ${fields}
        <div class="save">
          <span><span class="sr">${t("told_in_words")}: </span>${words}</span>
          <a class="button" href=${list}>${t("cancel")}</a>
          <button class="main" ?disabled=${this.#isSaving}>${t("set_save")}</button>
        </div>
      </form>`;
  }

  /** What is wrong with the rule as a whole, or could not be told. */
  #others(faults, places) {
    if (!this.#error) return [];
    if (!faults.all.length) return [t("told_fault_save")];
    const { root, actions } = this.#draft;
    const leaves = leavesOf(root).map(({ id }) => places.get(id));
    return faults.beside(["name", "on", ...leaves, ...actions.map((_, place) => `then.${place}`)]);
  }

  /** Shown anew. @returns {Promise<unknown>} when it is */
  #change = () => {
    this.requestUpdate();
    return this.updateComplete;
  };

  #set(changes) {
    Object.assign(this.#draft, changes);
    this.requestUpdate();
  }

  #pick = ({ target }) => {
    const chosen = new Set(this.#draft.on);
    chosen[target.checked ? "add" : "delete"](target.value);
    this.#set({ on: TYPES.filter((type) => chosen.has(type)) });
  };

  #save = async (event) => {
    event.preventDefault();
    if (this.#isSaving) return;
    this.#isSaving = true;
    this.requestUpdate();
    const { name, on, root, actions } = this.#draft;
    // biome-ignore lint/suspicious/noThenProperty: the API calls it so, and it is a list.
    const values = { name, on, when: written(root).when, then: actions };
    const { api, notices, places } = this.desk;
    try {
      await (this.ruleId ? api.patch(`/rules/${this.ruleId}`, values) : api.post("/rules", values));
      notices.say(t("set_saved"));
      this.go(places.page("settings/rules"));
    } catch (error) {
      this.#error = error;
      if (error.code !== "invalid") notices.fail(error);
      this.requestUpdate();
      await this.updateComplete;
      this.querySelector("[aria-invalid], .fault")?.focus();
    }
    this.#isSaving = false;
    this.requestUpdate();
  };
}

customElements.define("inbox-rule-form", InboxRuleForm);
