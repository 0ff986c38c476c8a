/** Channels of other systems: what comes in there, where answers go out, and the key that opens each. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { confirm } from "../notices.js";
import { Paged } from "../told/paged.js";
import { showOnce } from "../told/secret.js";
import { shortMoment } from "../words.js";
import { edit } from "./dialog.js";
import { choice, line, tick } from "./field.js";

/** @see Places.register */
export const tag = "inbox-channels";

const LONGEST_NAME = 80;

class InboxChannels extends Paged {
  heading = "page_channels";
  path = "/channels";
  list = "channels";
  #webhooks = [];

  async load(signal) {
    const [{ webhooks }] = await Promise.all([this.desk.api.get("/webhooks", {}, { signal }), super.load(signal)]);
    this.#webhooks = webhooks;
  }

  page() {
    return html`
      <div class="row head">
        <p class="small">${t("told_channels_hint")}</p>
        <button type="button" class="main" @click=${() => this.#edit(null)}>${t("told_channel_add")}</button>
      </div>
      ${this.pages("told_no_channels")}`;
  }

  items(rows) {
    return html`<ul class="cards">${rows.map((one) => this.#channel(one))}</ul>`;
  }

  #channel(one) {
    const url = this.#webhooks.find(({ id }) => id === one.webhookId)?.url;
    const of = html`<span class="sr">: ${one.name}</span>`;
    return html`<li class="card">
      <div class="about">
        <strong><bdi>${one.name}</bdi></strong>
        <p class="small">${t(one.singleThread ? "told_single_yes" : "told_single_no")} · ${url ? html`${t("told_goes_to")} <span dir="ltr" class="address">${url}</span>` : t("told_goes_nowhere")} · ${t("set_team_since", { at: shortMoment(one.createdAt) })}</p>
        ${one.hasKey ? nothing : html`<p><span class="mark urgent">${t("told_no_key")}</span></p>`}
        <p class="row links">
          <a href=${this.desk.places.list("all", { channel: one.id })}>${t("told_channel_list")}${of}</a>
          <button type="button" class="quiet" @click=${() => this.#edit(one)}>${t("set_edit")}${of}</button>
          <button type="button" class="quiet" @click=${() => this.#renew(one)}>${t("told_key_new")}${of}</button>
          ${one.hasKey ? html`<button type="button" class="quiet" @click=${() => this.#revoke(one)}>${t("told_key_revoke")}${of}</button>` : nothing}
          <button type="button" class="quiet" @click=${() => this.#remove(one)}>${t("set_remove")}${of}</button>
        </p>
      </div>
    </li>`;
  }

  async #edit(one) {
    const webhooks = [["", t("told_goes_nowhere")], ...this.#webhooks.map(({ id, url }) => [id, url])];
    const saved = await edit({
      title: t(one ? "told_channel_edit" : "told_channel_add"),
      yes: t("set_save"),
      body: (faults) => html`
        ${line({ id: "name", name: "name", label: t("told_channel_name"), value: one?.name, fault: faults.name, max: LONGEST_NAME })}
        ${tick({ id: "single", name: "singleThread", label: t("told_single"), isOn: one?.singleThread ?? false, hint: t("told_single_hint") })}
        ${choice({ id: "webhook", name: "webhookId", label: t("told_channel_webhook"), value: one?.webhookId ?? "", options: webhooks, hint: t("told_channel_webhook_hint"), fault: faults.webhookId })}`,
      save: (form) => {
        const values = {
          name: form.get("name"),
          singleThread: form.has("singleThread"),
          webhookId: form.get("webhookId") || null,
        };
        const { api } = this.desk;
        return one ? api.patch(`/channels/${one.id}`, values) : api.post("/channels", values);
      },
    });
    if (saved?.key) await this.#tell(saved);
    else if (saved) this.desk.notices.say(t("set_saved"));
    this.reload();
  }

  async #renew(one) {
    const isSure =
      !one.hasKey ||
      (await confirm({
        title: t("told_key_new_title"),
        text: t("told_key_new_text"),
        yes: t("told_key_new"),
        isDangerous: true,
      }));
    if (!isSure) return;
    const saved = await this.act("", () => this.desk.api.post(`/channels/${one.id}/key`));
    if (saved) await this.#tell(saved);
  }

  #tell({ name, key }) {
    return showOnce({ title: t("told_key", { name }), text: t("told_key_text"), secret: key });
  }

  async #revoke(one) {
    const isSure = await confirm({
      title: t("told_key_revoke_title", { name: one.name }),
      text: t("told_key_new_text"),
      yes: t("told_key_revoke"),
      isDangerous: true,
    });
    if (isSure) await this.act("told_key_revoked", () => this.desk.api.delete(`/channels/${one.id}/key`));
  }

  async #remove(one) {
    const isSure = await confirm({
      title: t("told_channel_remove_title", { name: one.name }),
      text: t("told_channel_remove_text"),
      yes: t("set_remove"),
      isDangerous: true,
    });
    if (isSure) await this.act("set_removed", () => this.desk.api.delete(`/channels/${one.id}`));
  }
}

customElements.define(tag, InboxChannels);
