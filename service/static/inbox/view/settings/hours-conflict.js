/** Somebody else has saved meanwhile: what is otherwise now, and the choice. Nothing that was typed is lost by it. */

import { html } from "lit";
import { t } from "../../texts.js";
import { inWords } from "./told.js";

/** @param {object} page hours.js */
export function conflict(page) {
  const { base, theirs } = page;
  const fields = Object.keys(theirs).filter(
    (name) => name !== "version" && JSON.stringify(theirs[name]) !== JSON.stringify(base[name]),
  );
  return html`<section class="conflict" role="alert">
    <h2>${t("set_conflict")}</h2>
    <dl class="facts">
      ${fields.map((name) => html`<div><dt>${t(`set_field_${name}`)}</dt><dd>${inWords(name, theirs[name])}</dd></div>`)}
    </dl>
    <div class="row">
      <button type="button" @click=${() => page.take(theirs)}>${t("set_take_theirs")}</button>
      <button type="button" class="main" @click=${() => page.saveOver()}>${t("set_save_mine")}</button>
    </div>
  </section>`;
}
