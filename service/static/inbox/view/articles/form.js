/** The form of an article, and what stands above it: that one goes on with what was written, that somebody else was faster. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { choice, faultLine, line } from "../settings/field.js";
import { bodyForm } from "./body.js";
import { changes } from "./changes.js";
import { AUDIENCES, address, changed, LOCALES, marks, named, publicAddress } from "./parts.js";
import { questionsForm } from "./questions.js";

const LONGEST_TITLE = 200;
const LONGEST_SLUG = 100;

/** @param {import("./editor.js").InboxArticleEditor} page */
export function articleForm(page) {
  const { base, text, faults, change } = page;
  return html`
    ${page.articleId ? about(page) : nothing}
    ${page.theirs ? conflict(page) : page.isResumed ? resumed(page) : nothing}
    <form class="article-form" novalidate @submit=${(event) => submit(event, page)} @keydown=${(event) => pressed(event, page)}>
      <div @input=${({ target }) => change({ title: target.value })}>
        ${line({ id: "title", name: "title", label: t("art_title"), value: text.title, fault: faults.title, max: LONGEST_TITLE })}
      </div>
      <div class="choices-row" @change=${({ target }) => change({ [target.name]: target.value })}>
        ${choice({ id: "locale", name: "locale", label: t("art_locale"), value: text.locale, options: named("locale", LOCALES), fault: faults.locale })}
        ${choice({ id: "audience", name: "audience", label: t("art_audience"), value: text.audience, options: named("audience", AUDIENCES), fault: faults.audience })}
      </div>
      ${bodyForm({ text: text.body, lang: text.locale, side: page.side, preview: page.preview, fault: faults.body, change: (body) => change({ body }), show: page.show })}
      ${questionsForm(page, text.questions, (questions) => change({ questions }), faults.questions)}
      <details class="more" ?open=${Boolean(faults.slug)}><summary>${t("art_slug")}</summary>
        <div class="field">
          <label for="slug">/help/</label>
          <input id="slug" name="slug" maxlength=${LONGEST_SLUG} .value=${text.slug} aria-invalid=${faults.slug ? "true" : nothing} aria-describedby="slug-hint"
            autocomplete="off" @input=${({ target }) => change({ slug: target.value })}>
          <p class="small" id="slug-hint">${t("art_slug_hint")}</p>${faultLine("slug", faults.slug)}
        </div>
      </details>
      <div class="save">
        <span role="status">${page.isDirty ? t("art_unsaved") : ""}</span>
        ${page.isDirty ? html`<button type="button" class="quiet" @click=${page.giveUp}>${t("art_give_up")}</button>` : nothing}
        ${base.status === "published" ? published(page) : draft(page)}
      </div>
    </form>`;
}

const draft = (page) => html`
  <button type="button" value="draft" ?disabled=${page.isSaving || (page.articleId && !page.isDirty)} @click=${() => page.save("draft")}>${t("art_save_draft")}</button>
  <button class="main" value="published" ?disabled=${page.isSaving}>${t("art_publish")}</button>`;

const published = (page) => html`
  <button type="button" value="draft" ?disabled=${page.isSaving} @click=${() => page.save("draft")}>${t("art_withdraw")}</button>
  <button class="main" value="published" ?disabled=${page.isSaving || !page.isDirty}>${t("set_save")}</button>`;

/** The one that is meant. */
function submit(event, page) {
  event.preventDefault();
  page.save("published");
}

/** What saves everywhere else saves here: as it is, a draft stays one. */
function pressed(event, page) {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (page.isDirty) page.save(page.base.status);
}

function about(page) {
  const { base, desk } = page;
  const { places } = desk;
  return html`<div class="row head">
      <p class="small">${marks(base)} ${changed(base)}</p>
      <p class="row links">
        ${base.status === "published" ? html`<a href=${publicAddress(base)} target="_blank">${t("art_see")}</a>` : nothing}
        <a href=${address(places, `${base.id}/versions`)}>${t("art_versions")}</a>
        <button type="button" class="quiet" @click=${page.delete}>${t("set_remove")}</button>
      </p>
    </div>
    ${base.source ? from(page) : nothing}`;
}

/** Whence it came, and whether the next import changes it. */
const from = ({ base, followSource }) => html`<p class="begun small">
  <span>${t(base.editedByHand ? "art_from_kept" : "art_from", { source: base.source })}</span>
  ${base.editedByHand ? html`<button type="button" class="quiet" @click=${followSource}>${t("art_follow")}</button>` : nothing}
</p>`;

const resumed = (page) => html`<p class="begun" role="status">
  <span>${t("art_resumed")}</span>
  <button type="button" class="quiet" @click=${page.giveUp}>${t("art_give_up")}</button>
</p>`;

const conflict = (page) => html`<section class="conflict" role="alert">
  <h2>${t("set_conflict")}</h2>
  <p class="small">${t("art_conflict", { name: page.theirs.updatedBy?.displayName ?? t("aud_system") })}</p>
  ${changes(page.theirs, page.text)}
  <div class="row">
    <button type="button" @click=${page.takeTheirs}>${t("set_take_theirs")}</button>
    <button type="button" class="main" ?disabled=${page.isSaving} @click=${page.saveOver}>${t("art_save_mine")}</button>
  </div>
</section>`;
