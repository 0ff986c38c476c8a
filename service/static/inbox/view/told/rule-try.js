/** A try of a rule: what it would do in a conversation now, and why. Nothing is done. */

import { html, nothing } from "lit";
import { problemText, t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { lastWords, nameOf, shortMoment } from "../words.js";
import { nameOfValue } from "./fields.js";
import { back } from "./parts.js";
import { actionResult } from "./results.js";
import { actionWords, conditionWords, sentence } from "./sentence.js";
import { teamOf } from "./team.js";

const TYPED = 250;

class InboxRuleTry extends Loaded {
  ruleId = null;
  heading = "told_try";
  #team = {};
  #rule = null;
  #found = [];
  #tried = null;
  #chosen = null;
  #error = null;
  #typed = 0;
  #query = "";

  connectedCallback() {
    super.connectedCallback();
    this.life.addEventListener("abort", () => clearTimeout(this.#typed));
  }

  async load(signal) {
    const { api, talk } = this.desk;
    const [{ rules }, team] = await Promise.all([api.get("/rules", {}, { signal }), teamOf(this.desk)]);
    this.#team = team;
    this.#rule = rules.find(({ id }) => id === this.ruleId);
    if (!this.#rule) throw Object.assign(new Error("not_found"), { code: "not_found" });
    await this.#find();
    // The one that was open is what one has in mind.
    const open = talk.current?.row;
    if (open) this.#found = [open, ...this.#found.filter(({ id }) => id !== open.id)];
  }

  page() {
    return html`${back(this.desk.places.page("settings/rules"), t("page_rules"))}
      <div><h2><bdi>${this.#rule.name}</bdi></h2><p>${sentence(this.#rule, this.#team)}</p></div>
      <p class="small">${t("told_try_hint")}</p>
      <input type="search" class="wide" aria-label=${t("told_try_search")} placeholder=${t("told_try_search")} maxlength="100" @input=${this.#search}>
      ${this.#found.length ? html`<ul class="cards found" aria-label=${t("told_try_choose")}>${this.#found.map((one) => this.#one(one))}</ul>` : html`<p class="empty">${t("told_try_none")}</p>`}
      <div role="status">${this.#error ? html`<p class="fault">${problemText(this.#error)}</p>` : nothing}${this.#tried ? this.#result(this.#tried) : nothing}</div>`;
  }

  #one(one) {
    const name = nameOf(one.contact);
    return html`<li><button type="button" class="choice" aria-pressed=${this.#chosen?.id === one.id} @click=${() => this.#try(one)}>
      <strong><bdi>${name}</bdi></strong> <span class="words">${lastWords(one.lastMessage)}</span>
      <span class="small">${shortMoment(one.lastMessageAt ?? one.createdAt)}</span>
    </button></li>`;
  }

  #result({ matches, conditions, actions, activityId }) {
    return html`<section class="tried ${matches ? "holds" : ""}">
      <h2>${t(matches ? "told_would" : "told_would_not")}</h2>
      ${this.#rule.on.length && !activityId ? html`<p class="small">${t("told_try_no_activity")}</p>` : nothing}
      ${this.#rule.when ? html`<h3>${t("set_field_when")}</h3><ul class="results">${this.#findings(this.#rule.when, "when", new Map(conditions.map((one) => [one.place, one])))}</ul>` : nothing}
      <h3>${t("set_field_then")}</h3>
      <ol class="results">${actions.map((one, place) => actionResult({ ...one, words: actionWords(this.#rule.then[place], this.#team) }))}</ol>
      <p><a href=${this.desk.places.conversation(this.#chosen.id)}>${t("told_open")}</a></p>
    </section>`;
  }

  /** A condition and those within it, each with what was found. */
  #findings(condition, place, found) {
    const { holds, found: value } = found.get(place) ?? {};
    const kind = ["all", "any", "not"].find((one) => one in condition);
    const words = kind ? t(`told_group_${kind === "not" ? "none" : kind}`) : conditionWords(condition, this.#team);
    const inner =
      kind === "not"
        ? this.#findings(condition.not, `${place}.not`, found)
        : kind && condition[kind].map((one, index) => this.#findings(one, `${place}.${kind}.${index}`, found));
    return html`<li class=${holds ? "done" : "failed"}>
      <span aria-hidden="true">${holds ? "✓" : "✗"}</span> ${words}<span class="sr">: ${t(holds ? "told_holds" : "told_holds_not")}</span>
      ${kind ? html`<ul>${inner}</ul>` : html`<span class="small">${t("told_found", { value: this.#words(condition, value) })}</span>`}
    </li>`;
  }

  #words({ field, op }, value) {
    if (value === null || value === undefined || (Array.isArray(value) && !value.length)) return t("set_nothing");
    if (op === "olderThan") return t("minutes", { n: Math.floor(value) });
    return typeof value === "object" && !Array.isArray(value)
      ? JSON.stringify(value)
      : nameOfValue(field, value, this.#team).slice(0, 200);
  }

  #search = ({ target }) => {
    this.#query = target.value.trim();
    clearTimeout(this.#typed);
    this.#typed = setTimeout(() => this.#find().catch((error) => this.desk.notices.fail(error)), TYPED);
  };

  async #find() {
    const query = this.#query;
    const { conversations } = await this.desk.api.get("/conversations", { view: "all", q: query, limit: 8 });
    if (query === this.#query) this.#found = conversations;
    this.requestUpdate();
  }

  async #try(one) {
    this.#chosen = one;
    this.#error = null;
    this.requestUpdate();
    try {
      const tried = await this.desk.api.post(`/rules/${this.ruleId}/try`, { conversationId: one.id });
      if (this.#chosen === one) this.#tried = tried;
    } catch (error) {
      this.#tried = null;
      this.#error = error;
    }
    this.requestUpdate();
  }
}

customElements.define("inbox-rule-try", InboxRuleTry);
