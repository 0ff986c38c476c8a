/** All rules in the order in which they run, each told in a sentence. */

import { html } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { t } from "../../texts.js";
import { icon } from "../icons.js";
import { Loaded } from "../loaded.js";
import { confirm } from "../notices.js";
import { sentence } from "./sentence.js";
import { teamOf } from "./team.js";

class InboxRuleList extends Loaded {
  heading = "page_rules";
  rules = [];
  #team = {};
  #isMoving = false;

  async load(signal) {
    const [{ rules }, team] = await Promise.all([this.desk.api.get("/rules", {}, { signal }), teamOf(this.desk)]);
    this.rules = rules;
    this.#team = team;
  }

  page() {
    return html`
      <div class="row head">
        <p class="small">${t("told_rules_hint")}</p>
        <a class="button main" href=${this.#address("new")}>${t("told_rule_add")}</a>
      </div>
      ${
        this.rules.length
          ? html`<ol class="cards rules">${repeat(
              this.rules,
              ({ id }) => id,
              (one, place) => this.#rule(one, place),
            )}</ol>`
          : html`<p class="empty">${t("told_no_rules")}</p>`
      }`;
  }

  #rule(one, place) {
    const { name } = one;
    return html`<li class="card ${one.isActive ? "" : "off"}" data-rule=${one.id} @keydown=${(event) => this.#keyed(event, place)}>
      <div class="moves">
        ${this.#mover(name, place, -1, "told_up")}
        ${this.#mover(name, place, 1, "told_down")}
      </div>
      <div class="about">
        <strong><bdi>${name}</bdi></strong>
        <p>${sentence(one, this.#team)}</p>
        <p class="row links">
          <a href=${this.#address(one.id)}>${t("set_edit")}<span class="sr">: ${name}</span></a>
          <a href=${this.#address(`${one.id}/try`)}>${t("told_try")}<span class="sr">: ${name}</span></a>
          <a href=${this.#address(`${one.id}/runs`)}>${t("told_runs")}<span class="sr">: ${name}</span></a>
          <button type="button" class="quiet" @click=${() => this.#remove(one)}>${t("set_remove")}<span class="sr">: ${name}</span></button>
        </p>
      </div>
      <button type="button" class="switch" role="switch" aria-checked=${one.isActive} aria-label=${name} @click=${() => this.#toggle(one)}>${t(one.isActive ? "told_on_yes" : "told_on_no")}</button>
    </li>`;
  }

  #mover(name, place, by, key) {
    const isEnd = !this.rules[place + by];
    return html`<button type="button" class="bare" data-by=${by} aria-label=${`${t(key)}: ${name}`} aria-disabled=${isEnd}
      @click=${() => this.#move(place, by)}>${icon(by < 0 ? "up" : "down")}</button>`;
  }

  #address(rest) {
    return this.desk.places.page(`settings/rules/${rest}`);
  }

  /** Alt with an arrow moves the rule in which the keyboard is. */
  #keyed(event, place) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.altKey) return;
    event.preventDefault();
    this.#move(place, by);
  }

  async #move(place, by) {
    const other = place + by;
    if (this.#isMoving || !this.rules[other]) return;
    this.#isMoving = true;
    const focused = document.activeElement;
    const moved = [...this.rules];
    [moved[place], moved[other]] = [moved[other], moved[place]];
    this.rules = moved;
    this.requestUpdate();
    await this.updateComplete;
    focused?.focus();
    try {
      const { rules } = await this.desk.api.put("/rules/order", { ruleIds: moved.map(({ id }) => id) });
      // One may have been turned on or off meanwhile.
      this.rules = rules.map((one) => this.rules.find(({ id }) => id === one.id) ?? one);
      this.overtake();
      this.desk.notices.say(t("told_moved", { name: moved[other].name, n: other + 1 }));
    } catch (error) {
      this.desk.notices.fail(error);
      await this.reload();
    }
    this.#isMoving = false;
    this.requestUpdate();
  }

  async #toggle(one) {
    try {
      const saved = await this.desk.api.patch(`/rules/${one.id}`, { isActive: !one.isActive });
      this.rules = this.rules.map((each) => (each.id === one.id ? saved : each));
      this.overtake();
    } catch (error) {
      this.desk.notices.fail(error);
      this.reload();
    }
  }

  async #remove(one) {
    const isSure = await confirm({
      title: t("told_rule_remove_title", { name: one.name }),
      text: t("told_rule_remove_text"),
      yes: t("set_remove"),
      isDangerous: true,
    });
    if (!isSure) return;
    try {
      await this.desk.api.delete(`/rules/${one.id}`);
      this.desk.notices.say(t("set_removed"));
    } catch (error) {
      this.desk.notices.fail(error);
    }
    this.reload();
  }
}

customElements.define("inbox-rule-list", InboxRuleList);
