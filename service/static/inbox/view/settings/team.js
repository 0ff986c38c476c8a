/** The team: who is in it, who may set things up, who left. Admins take people in and change them; everybody reads. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { confirm } from "../notices.js";
import { fullMoment } from "../words.js";
import { edit } from "./dialog.js";
import { choice, line } from "./field.js";

/** @see Places.register */
export const tag = "inbox-team";

const LONGEST_NAME = 80;
const roles = () => ["agent", "admin"].map((role) => [role, t(`set_role_${role}`)]);

class InboxTeam extends Loaded {
  heading = "page_team";
  operators = [];

  async load(signal) {
    const { operators } = await this.desk.api.get("/operators", {}, { signal });
    this.operators = operators;
    this.desk.inbox.share({ operators });
  }

  page() {
    const [here, left] = [true, false].map((isActive) => this.operators.filter((one) => one.isActive === isActive));
    return html`
      <div class="row head">
        <p class="small">${t("set_team_hint")}</p>
        ${this.mayConfigure ? html`<button type="button" class="main" @click=${this.#add}>${t("set_team_add")}</button>` : nothing}
      </div>
      <ul class="cards">${here.map((one) => this.#person(one))}</ul>
      ${
        left.length
          ? html`<h2>${t("set_team_left")}</h2><ul class="cards">${left.map((one) => this.#person(one))}</ul>`
          : nothing
      }`;
  }

  #person(one) {
    const isMe = one.id === this.desk.inbox.me.id;
    return html`<li class="card ${one.isActive ? "" : "off"}">
      <span class="face" aria-hidden="true">${[...one.displayName.trim()][0]}<span class="dot ${one.availability}"></span></span>
      <div class="about">
        <strong><bdi>${one.displayName}</bdi></strong>
        ${isMe ? html`<span class="mark">${t("set_team_me")}</span>` : nothing}
        <p class="small">
          ${t(`set_role_${one.role}`)} · ${one.isActive ? t(`state_${one.availability}`) : t("set_team_inactive")} ·
          ${t("set_team_since", { at: fullMoment(one.createdAt) })}
        </p>
      </div>
      ${this.mayConfigure && one.userId ? this.#actions(one) : nothing}
    </li>`;
  }

  #actions(one) {
    return html`<div class="row">
      ${one.isActive ? html`<button type="button" @click=${() => this.#change(one)}>${t("set_edit")}<span class="sr">: ${one.displayName}</span></button>` : nothing}
      <button type="button" class="quiet" @click=${() => this.#switch(one)}>
        ${t(one.isActive ? "set_team_remove" : "set_team_back")}<span class="sr">: ${one.displayName}</span>
      </button>
    </div>`;
  }

  #add = async () => {
    const saved = await edit({
      title: t("set_team_add"),
      yes: t("set_team_add_do"),
      body: (faults) => html`
        ${line({ id: "email", name: "email", label: t("set_email"), type: "email", hint: t("set_email_hint"), fault: faults.email, max: 320 })}
        ${line({ id: "name", name: "displayName", label: t("set_name"), hint: t("set_name_hint"), fault: faults.displayName, max: LONGEST_NAME })}
        ${choice({ id: "role", name: "role", label: t("set_role"), options: roles(), value: "agent", hint: t("set_role_hint"), fault: faults.role })}`,
      save: (values) => this.desk.api.post("/operators", Object.fromEntries(values)),
    });
    if (!saved) return;
    // Somebody who was in the team before is there already, and stays as they were.
    this.desk.notices.say(t(saved.isActive ? "set_team_added" : "set_team_was_here", { name: saved.displayName }));
    this.reload();
  };

  async #change(one) {
    const current = one;
    const saved = await edit({
      title: t("set_team_edit"),
      yes: t("set_save"),
      body: (faults) => html`
        ${line({ id: "name", name: "displayName", label: t("set_name"), value: current.displayName, hint: t("set_name_hint"), fault: faults.displayName, max: LONGEST_NAME })}
        ${line({ id: "picture", name: "avatarUrl", label: t("set_picture"), value: current.avatarUrl, type: "url", hint: t("set_picture_hint"), fault: faults.avatarUrl, max: 2048 })}
        ${choice({ id: "role", name: "role", label: t("set_role"), options: roles(), value: current.role, hint: t("set_role_hint"), fault: faults.role })}`,
      save: (values) => {
        const { avatarUrl, ...others } = Object.fromEntries(values);
        return this.#save(current, { ...others, avatarUrl: avatarUrl.trim() || null });
      },
    });
    if (saved) this.desk.notices.say(t("set_saved"));
    this.reload();
  }

  async #switch(one) {
    if (one.isActive) {
      const isSure = await confirm({
        title: t("set_team_remove_title", { name: one.displayName }),
        text: t("set_team_remove_text"),
        yes: t("set_team_remove"),
        isDangerous: true,
      });
      if (!isSure) return;
    }
    try {
      await this.#save(one, { isActive: !one.isActive });
      this.desk.notices.say(t(one.isActive ? "set_team_removed" : "set_team_returned", { name: one.displayName }));
    } catch (error) {
      if (error.code === "invalid") this.desk.notices.say(t("set_fault_isActive"));
      else this.desk.notices.fail(error);
    }
    this.reload();
  }

  #save({ id, version }, values) {
    return this.desk.api.patch(`/operators/${id}`, { ...values, ifVersion: version });
  }
}

customElements.define(tag, InboxTeam);
