/** What was sent to a webhook: how it went, what was answered, and once more. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { fullMoment } from "../words.js";
import { typeName } from "./fields.js";
import { Paged } from "./paged.js";
import { back } from "./parts.js";

class InboxDeliveries extends Paged {
  webhookId = null;
  heading = "told_deliveries";
  list = "deliveries";
  #url = "";

  get path() {
    return `/webhooks/${this.webhookId}/deliveries`;
  }

  async load(signal) {
    const [{ webhooks }] = await Promise.all([this.desk.api.get("/webhooks", {}, { signal }), super.load(signal)]);
    this.#url = webhooks.find(({ id }) => id === this.webhookId)?.url ?? "";
  }

  page() {
    const test = () => this.act("told_tested", () => this.desk.api.post(`/webhooks/${this.webhookId}/test`));
    return html`${back(this.desk.places.page("settings/webhooks"), t("page_webhooks"))}
      <div class="row head"><h2 dir="ltr" class="address">${this.#url}</h2>
        <div class="row"><button type="button" @click=${test}>${t("told_test")}</button>
        <button type="button" @click=${() => this.reload()}>${t("told_again")}</button></div></div>
      ${this.pages("told_no_deliveries")}`;
  }

  items(rows) {
    return html`<ol class="cards deliveries">${rows.map((one) => this.#delivery(one))}</ol>`;
  }

  #delivery(one) {
    const { places, api } = this.desk;
    const { type, state, attempts, code, ms, answer, error, sentAt, nextAt, createdAt, conversationId } = one;
    const at = fullMoment(sentAt ?? createdAt);
    const facts = [
      code && html`<span class="number">${code}</span>`,
      error && reason(error),
      ms !== null && html`<span class="number">${ms.toLocaleString()} ms</span>`,
      attempts > 1 && t("told_attempts", { n: attempts }),
      state !== "delivered" && nextAt && t("told_next", { at: fullMoment(nextAt) }),
    ];
    return html`<li class="card" data-delivery=${one.id}>
      <div class="about">
        <p><span class="mark ${TONES[state]}">${t(`told_delivery_${state}`)}</span> <strong>${typeName(type)}</strong> <time class="small" datetime=${sentAt ?? createdAt}>${at}</time></p>
        <p class="small">${facts.filter(Boolean).map((fact, place) => html`${place ? " · " : nothing}${fact}`)}</p>
        ${answer ? html`<details><summary>${t("told_answer")}<span class="sr"> (${at})</span></summary><pre tabindex="0" dir="auto">${answer}</pre></details>` : nothing}
      </div>
      <div class="row">
        ${conversationId ? html`<a href=${places.conversation(conversationId)}>${t("told_open")}<span class="sr"> (${at})</span></a>` : nothing}
        <button type="button" @click=${() => this.act("told_resent", () => api.post(`/deliveries/${one.id}/resend`))}>${t("told_resend")}<span class="sr">: ${typeName(type)} ${at}</span></button>
      </div>
    </li>`;
  }
}

const TONES = { delivered: "done", failed: "urgent", waiting: "new" };
const reason = (error) => {
  const key = `told_reason_${error}`;
  return t(key) === key ? error : t(key);
};

customElements.define("inbox-deliveries", InboxDeliveries);
