/** Labels: words with a colour that conversations are sorted by. Admins change them; everybody reads. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { confirm } from "../notices.js";
import { edit } from "./dialog.js";
import { faultLine, line } from "./field.js";

/** @see Places.register */
export const tag = "inbox-labels";

const LONGEST_NAME = 50;
/** Colours that can be told from each other, on light and on dark. */
const COLORS = ["#d64545", "#d9822b", "#b8961e", "#3f9142", "#1f8a8a", "#3b72d9", "#7a4fd0", "#c2488f", "#6b7280"];

class InboxLabels extends Loaded {
  heading = "page_labels";
  labels = [];

  async load(signal) {
    const { labels } = await this.desk.api.get("/labels", {}, { signal });
    this.labels = labels;
    this.desk.inbox.share({ labels });
  }

  page() {
    return html`
      <div class="row head">
        <p class="small">${t("set_labels_hint")}</p>
        ${this.mayConfigure ? html`<button type="button" class="main" @click=${() => this.#edit(null)}>${t("set_label_add")}</button>` : nothing}
      </div>
      ${this.labels.length ? html`<ul class="cards">${this.labels.map((one) => this.#label(one))}</ul>` : html`<p class="empty">${t("set_no_labels")}</p>`}`;
  }

  #label(one) {
    const list = this.desk.places.list("all", { label: one.name });
    return html`<li class="card">
      <span class="mark label big" .style=${one.color ? `--label: ${one.color}` : ""}><bdi>${one.name}</bdi></span>
      <a class="about small" href=${list}>${t("set_label_list")}<span class="sr">: ${one.name}</span></a>
      ${
        this.mayConfigure
          ? html`<div class="row">
              <button type="button" @click=${() => this.#edit(one)}>${t("set_edit")}<span class="sr">: ${one.name}</span></button>
              <button type="button" class="quiet" @click=${() => this.#remove(one)}>${t("set_remove")}<span class="sr">: ${one.name}</span></button>
            </div>`
          : nothing
      }
    </li>`;
  }

  async #edit(one) {
    const saved = await edit({
      title: t(one ? "set_label_edit" : "set_label_add"),
      yes: t("set_save"),
      body: (faults) => html`
        ${line({ id: "name", name: "name", label: t("set_label_name"), value: one?.name, fault: faults.name, max: LONGEST_NAME })}
        <fieldset class="swatches" aria-describedby=${faults.color ? "color-fault" : nothing}>
          <legend>${t("set_color")}</legend>
          ${[...new Set(["", ...COLORS, one?.color ?? ""])].map((color) => swatch(color, (one?.color ?? "") === color))}
          ${faultLine("color", faults.color)}
        </fieldset>`,
      save: (form) => {
        const values = { name: form.get("name"), color: form.get("color") || null };
        if (!one) return this.desk.api.post("/labels", values);
        return this.desk.api.patch(`/labels/${one.id}`, { ...values, ifVersion: one.version });
      },
    });
    if (saved) this.desk.notices.say(t("set_saved"));
    this.reload();
  }

  async #remove(one) {
    const isSure = await confirm({
      title: t("set_label_remove_title", { name: one.name }),
      text: t("set_label_remove_text"),
      yes: t("set_remove"),
      isDangerous: true,
    });
    if (!isSure) return;
    try {
      await this.desk.api.delete(`/labels/${one.id}`);
      this.desk.notices.say(t("set_removed"));
    } catch (error) {
      this.desk.notices.fail(error);
    }
    this.reload();
  }
}

const swatch = (color, isOn) => html`<label>
  <input type="radio" name="color" value=${color} ?checked=${isOn}>
  <i class=${color ? "" : "none"} .style=${`--label: ${color || "transparent"}`}></i><span class="sr">${color || t("set_no_color")}</span>
</label>`;

customElements.define(tag, InboxLabels);
