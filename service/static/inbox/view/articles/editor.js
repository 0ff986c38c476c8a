/** An article: written, looked at, published. What is typed stays in this browser until it is saved or given up. */

import { html, nothing } from "lit";
import { ArticleDrafts, NEW } from "../../store/article-drafts.js";
import { t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { confirm } from "../notices.js";
import { back } from "../told/parts.js";
import { looks } from "./body.js";
import { articleForm } from "./form.js";
import { address, changed, marks } from "./parts.js";
import { Preview } from "./preview.js";
import { blank, faultsOf, isSame, textOf, toSend } from "./text.js";

class InboxArticleEditor extends Loaded {
  articleId = null;
  /** What is saved. */
  base = null;
  /** What is written. @type {import("./text.js").Text} */
  text = null;
  /** What somebody else has saved meanwhile. */
  theirs = null;
  /** When what is written was typed before this page was opened. */
  isResumed = false;
  isSaving = false;
  side = "write";
  preview = new Preview(this);
  #version = 0;
  #error = null;
  /** The question that was asked in vain, and is answered by it. @type {?string} */
  #miss = null;

  get heading() {
    if (!this.mayConfigure) return "art_read";
    return this.articleId ? "art_edit" : "art_add";
  }

  connectedCallback() {
    super.connectedCallback();
    // What this browser does not keep would be gone.
    const leave = (event) => this.isDirty && this.#drafts.isLost && event.preventDefault();
    addEventListener("beforeunload", leave, { signal: this.life });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    const { notices, places } = this.desk;
    if (!this.isDirty) return;
    const back = { label: t("art_go_on"), run: () => places.go(address(places, this.articleId ?? NEW)) };
    notices.say(t("art_kept"), back);
  }

  async load(signal) {
    const query = new URLSearchParams(location.search);
    const begun = { question: query.get("question"), language: query.get("locale") };
    this.#miss = query.get("miss");
    this.base = this.articleId ? await this.#read(signal) : blank(begun);
    const draft = this.mayConfigure ? this.#drafts.get(this.#key) : null;
    this.isResumed = Boolean(draft) && !isSame(draft.text, textOf(this.base));
    this.text = this.isResumed ? draft.text : textOf(this.base);
    this.#version = this.isResumed ? draft.version : this.base.version;
    this.theirs = this.#version === this.base.version ? null : this.base;
    if (this.isResumed && begun.question) this.#take(begun.question);
    this.preview.follow(this.text.body, { isSoon: true });
  }

  async #read(signal) {
    try {
      return await this.desk.api.get(`/articles/${this.articleId}`, {}, { signal });
    } catch (error) {
      const draft = this.#drafts.get(this.#key);
      if (error.code === "not_found" && draft) this.#writeAnew(draft.text);
      throw error;
    }
  }

  /** Somebody has deleted it: what was written here goes on as a new one. @returns {boolean} not where there is one already */
  #writeAnew(text) {
    const { notices, places } = this.desk;
    if (this.#drafts.get(NEW)) return false;
    this.#drafts.write(NEW, { ...text, slug: "" }, 0);
    this.#drafts.remove(this.#key);
    // From here on it is written there.
    this.base = { ...(this.base ?? blank()), ...text };
    notices.say(t("art_written_anew"));
    this.go(address(places, NEW), { replace: true });
    return true;
  }

  /** One more question for what is begun already. */
  #take(question) {
    if (!this.text.questions.includes(question)) this.change({ questions: [...this.text.questions, question] });
  }

  get isDirty() {
    return Boolean(this.text) && !isSame(this.text, textOf(this.base));
  }

  get faults() {
    return faultsOf(this.#error);
  }

  page() {
    const way = back(address(this.desk.places), t("page_articles"));
    return html`${way}${this.mayConfigure ? articleForm(this) : this.#shown()}`;
  }

  #shown() {
    const { title, questions, locale } = this.base;
    return html`<h2 lang=${locale}><bdi>${title}</bdi></h2>
      <p class="small">${marks(this.base)} ${changed(this.base)}</p>
      ${looks(this.preview, locale)}
      ${questions.length ? html`<section><h2>${t("art_questions")}</h2><ul class="plain">${questions.map((one) => html`<li lang=${locale}>${one}</li>`)}</ul></section>` : nothing}
      <p><a href=${address(this.desk.places, `${this.articleId}/versions`)}>${t("art_versions")}</a></p>`;
  }

  /** @param {Partial<import("./text.js").Text>} changes */
  change = (changes) => {
    this.text = { ...this.text, ...changes };
    this.#keep();
    if ("body" in changes) this.preview.follow(this.text.body);
    this.requestUpdate();
  };

  show = (side) => {
    this.side = side;
    this.requestUpdate();
  };

  /** Forget what was written, for what is saved. */
  giveUp = async () => {
    const isSure = await confirm({
      title: t("art_give_up_title"),
      text: t("art_give_up_text"),
      yes: t("art_give_up"),
      isDangerous: true,
    });
    if (isSure) this.#settle(this.base);
  };

  /** Take what somebody else saved; what was written here can be had back. */
  takeTheirs = () => {
    const [mine, theirs] = [this.text, this.theirs];
    this.#settle(theirs);
    this.desk.notices.say(t("art_took_theirs"), { label: t("set_undo"), run: () => this.change(mine) });
  };

  /** Save what is written over what somebody else saved, which was looked at. */
  saveOver = () => {
    this.#version = this.theirs.version;
    return this.save(this.theirs.status);
  };

  /** @param {"draft"|"published"} status */
  save = async (status) => {
    if (this.isSaving) return;
    this.isSaving = true;
    this.#error = null;
    this.requestUpdate();
    const sent = this.text;
    try {
      await this.#saved(await this.#send({ ...toSend(sent), status }), status, sent);
    } catch (error) {
      await this.#refused(error, sent);
    }
    this.isSaving = false;
    this.requestUpdate();
  };

  #send(values) {
    const { api } = this.desk;
    if (!this.articleId) return api.post("/articles", values);
    return api.patch(`/articles/${this.articleId}`, { ...values, ifVersion: this.#version });
  }

  async #saved(article, status, sent) {
    const { notices, places, api } = this.desk;
    const before = this.base.status;
    // The article is saved all the same.
    if (this.#miss) await api.patch(`/articles/misses/${this.#miss}`, { status: "done" }).catch(() => null);
    // What was written while it was on its way goes on from what is saved; who has left and come back writes it elsewhere.
    const now = this.#drafts.get(this.#key)?.text ?? this.text;
    const later = isSame(sent, now) ? null : { ...now, slug: now.slug || article.slug };
    if (!later || !this.life.aborted) this.#settle(article);
    if (later && !this.life.aborted) {
      if (this.articleId) this.change(later);
      else this.#drafts.write(article.id, later, article.version);
    }
    const said = status === before ? "set_saved" : status === "published" ? "art_published" : "art_withdrawn";
    notices.say(t(this.articleId || status === "published" ? said : "art_saved_draft"));
    if (!this.articleId) this.go(address(places, article.id), { replace: true });
  }

  /** @param {Error} error @param {import("./text.js").Text} [sent] what was to be saved */
  async #refused(error, sent = this.text) {
    if (error.code === "not_found" && this.articleId && this.#writeAnew(this.text)) return;
    this.#error = error;
    if (error.code === "settings_changed" && error.current) this.theirs = error.current;
    else if (error.code !== "invalid") this.desk.notices.fail(error);
    this.requestUpdate();
    await this.updateComplete;
    // Who writes on is told, and goes on.
    if (sent === this.text) this.querySelector(".conflict button, [aria-invalid]")?.focus();
  }

  /** From now on this is what is saved, and nothing else is written. */
  #settle(article) {
    Object.assign(this, { base: article, text: textOf(article), theirs: null, isResumed: false });
    this.#version = article.version;
    this.#drafts.remove(this.#key);
    this.preview.follow(this.text.body, { isSoon: true });
    this.requestUpdate();
  }

  /** Follow again what it was imported from. */
  followSource = async () => {
    try {
      const article = await this.desk.api.patch(`/articles/${this.articleId}`, {
        editedByHand: false,
        ifVersion: this.base.version,
      });
      const text = this.text;
      this.#settle(article);
      if (!isSame(text, this.text)) this.change(text);
      this.desk.notices.say(t("set_saved"));
    } catch (error) {
      await this.#refused(error);
    }
  };

  delete = async () => {
    const { title } = this.base;
    const isSure = await confirm({
      title: t("art_remove_title", { title }),
      text: t("art_remove_text"),
      yes: t("set_remove"),
      isDangerous: true,
    });
    if (!isSure) return;
    const { api, notices, places } = this.desk;
    try {
      await api.delete(`/articles/${this.articleId}`);
      this.#settle(this.base);
      notices.say(t("set_removed"));
      this.go(address(places));
    } catch (error) {
      notices.fail(error);
    }
  };

  #keep() {
    if (this.isDirty) this.#drafts.write(this.#key, this.text, this.#version);
    else this.#drafts.remove(this.#key);
  }

  get #key() {
    return this.articleId ?? NEW;
  }

  get #drafts() {
    return new ArticleDrafts(this.desk.talk.drafts);
  }
}

customElements.define("inbox-article-editor", InboxArticleEditor);
