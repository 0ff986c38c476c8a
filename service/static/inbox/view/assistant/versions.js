/** What the assistant was told at each time, the newest first: what each version changed, and the way back to it. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { confirm } from "../notices.js";
import { Paged } from "../told/paged.js";
import { back } from "../told/parts.js";
import { fullMoment } from "../words.js";
import { changes } from "./changes.js";

class InboxAssistantVersions extends Paged {
  heading = "asi_versions";
  path = "/assistant/versions";
  list = "versions";

  page() {
    return html`${back(this.desk.places.page("settings/assistant"), t("page_assistant"))}
      <p class="small">${t("asi_versions_hint")}</p>
      ${this.pages("asi_no_changes")}`;
  }

  items(rows) {
    return html`<ol class="cards versions">${rows.map((one, place) => this.#version(one, rows[place + 1], place === 0))}</ol>`;
  }

  #version(one, before, isNow) {
    const name = t("asi_version", { n: one.version });
    return html`<li class="card" data-version=${one.version}>
      <details ?open=${isNow}>
        <summary><strong>${name}</strong>
          ${isNow ? html`<span class="mark done">${t("asi_version_now")}</span>` : nothing}
          <span class="small"><time datetime=${one.createdAt}>${fullMoment(one.createdAt)}</time> · <bdi>${one.by?.name ?? t("asi_shipped")}</bdi></span>
        </summary>
        ${before ? changes(before, one) : html`<p class="small">${t("asi_first_version")}</p>`}
      </details>
      ${isNow ? nothing : html`<button type="button" @click=${() => this.#restore(one)}>${t("asi_restore")}<span class="sr">: ${name}</span></button>`}
    </li>`;
  }

  async #restore(one) {
    const [now] = this.rows;
    const isSure = await confirm({
      title: t("asi_restore_title", { n: one.version }),
      text: html`${t("asi_restore_text")}<span class="scrolled">${changes(now, one)}</span>`,
      yes: t("asi_restore"),
    });
    if (!isSure) return;
    await this.act("asi_restored", () =>
      this.desk.api.post(`${this.path}/${one.version}/restore`, { ifVersion: now.version }),
    );
  }
}

customElements.define("inbox-assistant-versions", InboxAssistantVersions);
