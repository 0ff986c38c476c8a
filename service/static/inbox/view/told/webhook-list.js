/** All webhooks: whither, of what, whether they work. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { confirm } from "../notices.js";
import { edit } from "../settings/dialog.js";
import { line } from "../settings/field.js";
import { fullMoment } from "../words.js";
import { TYPES, typeName } from "./fields.js";
import { Paged } from "./paged.js";
import { showOnce } from "./secret.js";

const LONGEST_URL = 2048;

class InboxWebhookList extends Paged {
  heading = "page_webhooks";
  path = "/webhooks";
  list = "webhooks";

  page() {
    return html`
      <div class="row head">
        <p class="small">${t("told_webhooks_hint")}</p>
        <button type="button" class="main" @click=${() => this.#edit(null)}>${t("told_webhook_add")}</button>
      </div>
      ${this.pages("told_no_webhooks")}`;
  }

  items(rows) {
    return html`<ul class="cards">${rows.map((one) => this.#webhook(one))}</ul>`;
  }

  #webhook(one) {
    const { api, places } = this.desk;
    const of = html`<span class="sr">: ${one.url}</span>`;
    return html`<li class="card ${one.isActive ? "" : "off"}">
      <div class="about">
        <strong dir="ltr" class="address">${one.url}</strong>
        <p class="small">${one.types.length ? one.types.map(typeName).join(", ") : t("told_no_types")}</p>
        ${one.isActive ? nothing : html`<p><span class="mark ${one.disabledReason === "by_hand" ? "" : "urgent"}">${t(`told_off_${one.disabledReason ?? "by_hand"}`)}</span></p>`}
        ${one.isActive && one.failingSince ? html`<p class="fault">${t("told_failing", { at: fullMoment(one.failingSince) })}</p>` : nothing}
        <p class="row links">
          <a href=${places.page(`settings/webhooks/${one.id}`)}>${t("told_deliveries")}${of}</a>
          <button type="button" class="quiet" @click=${() => this.act("told_tested", () => api.post(`/webhooks/${one.id}/test`))}>${t("told_test")}${of}</button>
          <button type="button" class="quiet" @click=${() => this.#edit(one)}>${t("set_edit")}${of}</button>
          <button type="button" class="quiet" @click=${() => this.#rotate(one)}>${t("told_rotate")}${of}</button>
          <button type="button" class="quiet" @click=${() => this.#remove(one)}>${t("set_remove")}${of}</button>
        </p>
      </div>
      <button type="button" class="switch" role="switch" aria-checked=${one.isActive} aria-label=${one.url}
        @click=${() => this.act("", () => api.patch(`/webhooks/${one.id}`, { isActive: !one.isActive }))}>${t(one.isActive ? "told_on_yes" : "told_on_no")}</button>
    </li>`;
  }

  async #edit(one) {
    const saved = await edit({
      title: t(one ? "told_webhook_edit" : "told_webhook_add"),
      yes: t("set_save"),
      body: (faults) => html`
        ${line({ id: "url", name: "url", type: "url", label: t("told_url"), value: one?.url, hint: t("told_url_hint"), fault: faults.url, max: LONGEST_URL })}
        <fieldset class="part types"><legend>${t("told_types")}</legend>
          <p class="small">${t("told_types_hint")}</p>
          <div class="ticks">${TYPES.map((type) => html`<label><input type="checkbox" name="types" value=${type} ?checked=${one?.types.includes(type)}> ${typeName(type)}</label>`)}</div>
        </fieldset>`,
      save: (form) => {
        const values = { url: form.get("url").trim(), types: form.getAll("types") };
        const { api } = this.desk;
        return one ? api.patch(`/webhooks/${one.id}`, values) : api.post("/webhooks", values);
      },
    });
    if (saved?.secret) await this.#tell(saved.secret);
    else if (saved) this.desk.notices.say(t("set_saved"));
    this.reload();
  }

  async #rotate(one) {
    const isSure = await confirm({ title: t("told_rotate_title"), text: t("told_rotate_text"), yes: t("told_rotate") });
    if (!isSure) return;
    const saved = await this.act("", () => this.desk.api.post(`/webhooks/${one.id}/rotate`));
    if (saved) await this.#tell(saved.secret);
  }

  #tell(secret) {
    return showOnce({ title: t("told_secret"), text: t("told_secret_text"), secret });
  }

  async #remove(one) {
    const isSure = await confirm({
      title: t("told_webhook_remove_title"),
      text: html`<span dir="ltr">${one.url}</span><br>${t("told_webhook_remove_text")}`,
      yes: t("set_remove"),
      isDangerous: true,
    });
    if (isSure) await this.act("set_removed", () => this.desk.api.delete(`/webhooks/${one.id}`));
  }
}

customElements.define("inbox-webhook-list", InboxWebhookList);
