/** Articles from elsewhere: files of Markdown or of questions and answers, a page or a sitemap of the web. And what was imported before. */

import { html, nothing } from "lit";
import { locale, problemText, t } from "../../texts.js";
import { choice, faultLine, line, tick } from "../settings/field.js";
import { Paged } from "../told/paged.js";
import { back } from "../told/parts.js";
import { fullMoment } from "../words.js";
import { ENDINGS, faultOf, toImport } from "./files.js";
import { stateMark, summary } from "./outcomes.js";
import { AUDIENCES, address, LOCALES, named, STATES } from "./parts.js";

const FROM = ["files", "web"];
const DEPTHS = ["0", "1", "2", "3"];
const MOST_PAGES = 100;

class InboxArticleImport extends Paged {
  heading = "art_import";
  path = "/articles/imports";
  list = "imports";
  #from = "files";
  #files = [];
  #isOver = false;
  #isSending = false;
  #fault = null;
  #error = null;

  connectedCallback() {
    super.connectedCallback();
    // A file that misses its place must not take the page away.
    for (const type of ["dragover", "drop"])
      addEventListener(type, (event) => event.preventDefault(), { signal: this.life });
  }

  page() {
    return html`${back(address(this.desk.places), t("page_articles"))}
      ${this.mayConfigure ? this.#form() : html`<p class="empty">${t("problem_not_allowed")}</p>`}
      ${this.rows.length ? html`<section><h2>${t("art_imports")}</h2>${this.pages("art_no_imports")}</section>` : nothing}`;
  }

  items(rows) {
    const { places } = this.desk;
    return html`<ol class="cards">${rows.map(
      (one) => html`<li class="card">
        <div class="about">
          <a class="title" href=${address(places, `import/${one.id}`)}>${one.source}</a>
          <p class="small">${stateMark(one)} ${fullMoment(one.createdAt)} · ${summary(one.counts)}</p>
        </div>
      </li>`,
    )}</ol>`;
  }

  #form() {
    const isWeb = this.#from === "web";
    return html`<form class="import" novalidate @submit=${this.#send}>
      <fieldset class="part"><legend>${t("art_from_what")}</legend>
        <div class="row">${FROM.map((one) => html`<label class="pick"><input type="radio" name="from" value=${one} .checked=${one === this.#from} @change=${() => this.#take(one)}> ${t(`art_from_${one}`)}</label>`)}</div>
        ${isWeb ? this.#web() : this.#drop()}
      </fieldset>
      <fieldset class="part"><legend>${t("art_otherwise")}</legend>
        <p class="small">${t("art_otherwise_hint")}</p>
        <div class="choices-row">
          ${choice({ id: "locale", name: "locale", label: t("art_locale"), value: locale, options: named("locale", LOCALES) })}
          ${choice({ id: "audience", name: "audience", label: t("art_audience"), value: "all", options: named("audience", AUDIENCES) })}
          ${choice({ id: "status", name: "status", label: t("art_status"), value: "draft", options: named("status", STATES) })}
        </div>
        ${tick({ id: "restoreDeleted", name: "restoreDeleted", label: t("art_restore_deleted"), isOn: false, hint: t("art_restore_deleted_hint") })}
      </fieldset>
      <div role="alert">${this.#error ? html`<p class="fault">${this.#error}</p>` : nothing}</div>
      <div class="row end"><button class="main" ?disabled=${this.#isSending}>${t(this.#isSending ? "art_sending" : "art_import_start")}</button></div>
    </form>`;
  }

  #drop() {
    const names = this.#files.map(({ name }) => name);
    return html`<div class="field">
      <label class="drop ${this.#isOver ? "over" : ""}" @dragover=${() => this.#over(true)} @dragleave=${() => this.#over(false)} @drop=${this.#dropped}>
        <input type="file" class="sr" multiple accept=${ENDINGS} aria-describedby="files-hint${this.#fault ? " files-fault" : ""}" aria-invalid=${this.#fault ? "true" : nothing}
          @change=${({ target }) => this.#choose([...target.files])}>
        <strong>${t("art_drop")}</strong><span class="small" id="files-hint">${t("art_drop_hint")}</span>
      </label>
      ${faultLine("files", this.#fault && t(this.#fault))}
      <div role="status">${names.length ? html`<p>${t("art_files_n", { n: names.length })}</p><ul class="files">${names.map((name) => html`<li>${name}</li>`)}</ul>` : nothing}</div>
    </div>`;
  }

  #web() {
    return html`${line({ id: "url", name: "url", type: "url", label: t("art_url"), hint: t("art_url_hint"), fault: this.#fault && t(this.#fault), max: 2048 })}
      <div class="choices-row">
        ${choice({ id: "depth", name: "depth", label: t("art_depth"), value: "1", options: DEPTHS.map((one) => [one, t(`art_depth_${one}`)]) })}
        <div class="field"><label for="maxPages">${t("art_max_pages")}</label><input id="maxPages" name="maxPages" type="number" min="1" max=${MOST_PAGES} value="50"></div>
      </div>`;
  }

  #take(from) {
    [this.#from, this.#fault, this.#error] = [from, null, null];
    this.requestUpdate();
  }

  #over(isOver) {
    this.#isOver = isOver;
    this.requestUpdate();
  }

  #dropped = (event) => {
    event.preventDefault();
    this.#isOver = false;
    this.#choose([...event.dataTransfer.files]);
  };

  #choose(files) {
    this.#files = files;
    this.#error = null;
    this.#fault = faultOf(files);
    this.requestUpdate();
  }

  #send = async (event) => {
    event.preventDefault();
    if (this.#isSending) return;
    const form = new FormData(event.target);
    this.#fault = this.#from === "files" ? faultOf(this.#files) : form.get("url").trim() ? null : "art_fault_url";
    if (this.#fault) return this.#refused(null);
    this.#isSending = true;
    this.requestUpdate();
    try {
      const { id } = await this.desk.api.post("/articles/imports", await this.#toSend(form));
      this.go(address(this.desk.places, `import/${id}`));
    } catch (error) {
      this.#refused(error);
    }
    this.#isSending = false;
    this.requestUpdate();
  };

  async #toSend(form) {
    const [language, audience, status] = ["locale", "audience", "status"].map((name) => form.get(name));
    const values = { locale: language, audience, status, restoreDeleted: form.has("restoreDeleted") };
    if (this.#from === "files") return { ...(await toImport(this.#files)), ...values };
    const [depth, maxPages] = ["depth", "maxPages"].map((name) => Number(form.get(name)));
    return { kind: "web", url: form.get("url").trim(), depth, maxPages, ...values };
  }

  async #refused(error) {
    this.#error = error && this.#inWords(error);
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector("[aria-invalid]")?.focus();
  }

  /** Where it is wrong: in which file, in which row. */
  #inWords(error) {
    const places = (error.errors ?? []).slice(0, 5).map(({ field, message }) => {
      const [, file, , row] = field.match(/^files\.(\d+)(\.row\.(\d+))?/) ?? [];
      const name = this.#files[file]?.name;
      return name
        ? `${name}${row ? ` ${t("art_row_n", { n: row })}` : ""}: ${message}`
        : t(field === "url" ? "art_fault_url" : "problem_invalid");
    });
    return places.length ? places.map((one) => html`${one}<br>`) : problemText(error);
  }
}

customElements.define("inbox-article-import", InboxArticleImport);
