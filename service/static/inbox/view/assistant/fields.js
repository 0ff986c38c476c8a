/** The parts of the form: each says what it is for before it asks. Of a page they take `draft`, `change` and `fault`. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { faultLine } from "../settings/field.js";
import { money } from "./money.js";

const MODES = ["extractive", "generative", "off"];
const LOCALES = ["ko", "en"];
const LINE = 500;
const PROSE = 4000;

/** How answers are given. @param {object} page form.js */
export function mode(page) {
  const { draft, base } = page;
  const { model } = base.environment;
  return html`<fieldset class="part ways">
    <legend>${t("asi_mode")}</legend>
    ${MODES.map(
      (one) => html`<label class="way">
        <input type="radio" name="mode" value=${one} .checked=${draft.mode === one} aria-describedby="mode-${one}" @change=${() => page.change({ mode: one })}>
        <span><strong>${t(`asi_mode_${one}`)}</strong>
          <span class="small" id="mode-${one}">${t(`asi_mode_${one}_hint`)}</span>
          ${one === "generative" ? html`<span class="small">${model.isSetUp ? html`<span class="mark done">${t("asi_model", { name: model.name })}</span>` : html`<span class="mark high">${t("asi_no_model")}</span>`}</span>` : nothing}
        </span>
      </label>`,
    )}
    ${draft.mode === "generative" && !model.isSetUp ? html`<p class="standing away">${t("asi_no_model_hint")}</p>` : nothing}
  </fieldset>`;
}

/** What is not talked about, whoever answers. */
export const topics = (page) => html`<fieldset class="part">
  <legend>${t("asi_topics")}</legend>
  ${text(page, { path: "forbiddenTopics", label: t("asi_topics_label"), hint: t("asi_topics_hint"), rows: 4 })}
</fieldset>`;

/** When a person is asked, and what customers are told then. */
export const handover = (page) => html`<fieldset class="part">
  <legend>${t("asi_handover")}</legend>
  <p class="small">${t("asi_handover_hint")}</p>
  ${text(page, { path: "handover.when", label: t("asi_when"), hint: t("asi_when_hint"), max: PROSE, rows: 3 })}
  ${LOCALES.map((one) => text(page, { path: `handover.words.${one}`, label: t(`asi_words_${one}`), max: LINE, rows: 2, lang: one }))}
  <p class="small">${t("asi_words_hint")}</p>
</fieldset>`;

/** What a model is told. */
export const instructions = (page) => html`<fieldset class="part">
  <legend>${t("asi_instructions")}</legend>
  <p class="small">${t("asi_instructions_hint")}</p>
  ${text(page, { path: "tone", label: t("asi_tone"), hint: t("asi_tone_hint"), max: LINE, rows: 2 })}
  ${text(page, { path: "policy", label: t("asi_policy"), hint: t("asi_policy_hint"), max: PROSE, rows: 4 })}
  ${text(page, { path: "rules", label: t("asi_rules"), hint: t("asi_rules_hint"), max: PROSE, rows: 4 })}
  ${LOCALES.map((one) => text(page, { path: `greeting.${one}`, label: t(`asi_greeting_${one}`), max: LINE, rows: 2, lang: one }))}
  <p class="small">${t("asi_greeting_hint")}</p>
</fieldset>`;

/** Which addresses an answer of a model may have. */
export const links = (page) => html`<fieldset class="part">
  <legend>${t("asi_links")}</legend>
  ${text(page, { path: "allowedLinks", label: t("asi_links_label"), hint: t("asi_links_hint"), rows: 3, dir: "ltr" })}
</fieldset>`;

/** What a model may cost. */
export function budgets(page) {
  const { environment } = page.base;
  return html`<fieldset class="part">
    <legend>${t("asi_budgets")}</legend>
    <p class="small">${t("asi_budgets_hint")}</p>
    <div class="pair-of-fields">
      ${amount(page, "projectMonth", environment.budgets.projectMonth)}
      ${amount(page, "memberDay", environment.budgets.memberDay)}
    </div>
    ${environment.model.isSetUp && !environment.hasPrices ? html`<p class="standing away">${t("asi_no_prices")}</p>` : nothing}
  </fieldset>`;
}

function amount(page, name, ceiling) {
  const [path, id] = [`budgets.${name}`, `budgets-${name}`];
  const fault = page.fault(path);
  return html`<div class="field narrow">
    <label for=${id}>${t(`asi_budget_${name}`)}</label>
    <input id=${id} type="number" inputmode="decimal" min="0" step="any" .value=${page.draft.budgets[name]}
      aria-invalid=${fault ? "true" : nothing} aria-describedby="${id}-hint ${id}-fault"
      @input=${({ target }) => page.change({ budgets: { ...page.draft.budgets, [name]: target.value } })}>
    <p class="small" id="${id}-hint">${ceiling === null ? "" : t("asi_ceiling", { money: money(ceiling) })}</p>
    ${faultLine(id, fault)}
  </div>`;
}

/** Some lines to type into. @param {{path: string, label: string, hint?: string, max?: number, rows: number}} field */
function text(page, { path, label, hint, max, rows, lang, dir }) {
  const id = path.replaceAll(".", "-");
  const fault = page.fault(path);
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${hint ? html`<p class="small" id="${id}-hint">${hint}</p>` : nothing}
    <textarea id=${id} rows=${rows} maxlength=${max ?? nothing} lang=${lang ?? nothing} dir=${dir ?? nothing} .value=${at(page.draft, path)}
      aria-invalid=${fault ? "true" : nothing} aria-describedby=${described || nothing}
      @input=${({ target }) => page.change(put(page.draft, path.split("."), target.value))}></textarea>
    ${faultLine(id, fault)}
  </div>`;
}

const at = (node, path) => path.split(".").reduce((inner, name) => inner[name], node);

/** The field of a draft in which `value` stands at a path, anew. */
const put = (node, [name, ...rest], value) => ({
  [name]: rest.length ? { ...node[name], ...put(node[name], rest, value) } : value,
});
