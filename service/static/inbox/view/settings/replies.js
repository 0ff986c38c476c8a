/** Canned replies: texts that are sent again and again, everybody's and one's own. Every operator changes both. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { Loaded } from "../loaded.js";
import { confirm } from "../notices.js";
import { edit } from "./dialog.js";
import { area, line, tick } from "./field.js";

/** @see Places.register */
export const tag = "inbox-replies";

const LONGEST_SHORTCUT = 50;
const LONGEST_TEXT = 4000;
/** What may stand in a text, and is filled in where it is used. */
const PLACES = ["contact.name", "contact.email", "contact.phone", "conversation.title", "agent.name"];

class InboxReplies extends Loaded {
  heading = "page_replies";
  replies = [];
  #wanted = "";

  async load(signal) {
    this.replies = (await this.desk.api.get("/canned-replies", {}, { signal })).cannedReplies;
  }

  page() {
    const wanted = plain(this.#wanted);
    const found = this.replies.filter(({ shortcut, content }) => plain(`${shortcut} ${content}`).includes(wanted));
    const of = (isPersonal) => found.filter((one) => one.isPersonal === isPersonal);
    return html`
      <div class="row head">
        <p class="small">${t("set_replies_hint")}</p>
        <button type="button" class="main" @click=${() => this.#edit(null)}>${t("set_reply_add")}</button>
      </div>
      ${
        this.replies.length > 5
          ? html`<input type="search" class="wide" aria-label=${t("set_reply_search")} placeholder=${t("set_reply_search")}
              @input=${({ target }) => this.#search(target.value)}>`
          : nothing
      }
      ${this.#list(t("set_reply_shared"), of(false))} ${this.#list(t("set_reply_mine"), of(true))}`;
  }

  #search(text) {
    this.#wanted = text;
    this.requestUpdate();
  }

  #list(title, replies) {
    return html`<section>
      <h2>${title}</h2>
      ${replies.length ? html`<ul class="cards">${replies.map((one) => this.#reply(one))}</ul>` : html`<p class="empty">${t(this.#wanted ? "set_none_found" : "set_no_replies")}</p>`}
    </section>`;
  }

  #reply(one) {
    return html`<li class="card">
      <div class="about">
        <strong>/<bdi>${one.shortcut}</bdi></strong>
        <p class="words">${one.content}</p>
      </div>
      <div class="row">
        <button type="button" @click=${() => this.#edit(one)}>${t("set_edit")}<span class="sr">: ${one.shortcut}</span></button>
        <button type="button" class="quiet" @click=${() => this.#remove(one)}>${t("set_remove")}<span class="sr">: ${one.shortcut}</span></button>
      </div>
    </li>`;
  }

  async #edit(one) {
    const saved = await edit({
      title: t(one ? "set_reply_edit" : "set_reply_add"),
      yes: t("set_save"),
      body: (faults) => html`
        ${line({ id: "shortcut", name: "shortcut", label: t("set_shortcut"), value: one?.shortcut, hint: t("set_shortcut_hint"), fault: faults.shortcut, max: LONGEST_SHORTCUT })}
        ${area({ id: "content", name: "content", label: t("set_content"), value: one?.content, fault: faults.content, max: LONGEST_TEXT })}
        <div class="row" role="group" aria-label=${t("set_places")}>
          ${PLACES.map((place) => html`<button type="button" class="chip" @click=${insert} data-place=${place}>${t(`set_place_${place.replace(".", "_")}`)}</button>`)}
        </div>
        ${tick({ id: "personal", name: "isPersonal", label: t("set_personal"), isOn: one?.isPersonal ?? false, hint: t("set_personal_hint") })}`,
      save: (form) => {
        const values = {
          shortcut: form.get("shortcut"),
          content: form.get("content"),
          isPersonal: form.has("isPersonal"),
        };
        if (!one) return this.desk.api.post("/canned-replies", values);
        return this.desk.api.patch(`/canned-replies/${one.id}`, { ...values, ifVersion: one.version });
      },
    });
    if (saved) this.desk.notices.say(t("set_saved"));
    this.reload();
  }

  async #remove(one) {
    const isSure = await confirm({
      title: t("set_reply_remove_title", { name: one.shortcut }),
      text: one.isPersonal ? nothing : t("set_reply_remove_text"),
      yes: t("set_remove"),
      isDangerous: true,
    });
    if (!isSure) return;
    try {
      await this.desk.api.delete(`/canned-replies/${one.id}`);
      this.desk.notices.say(t("set_removed"));
    } catch (error) {
      this.desk.notices.fail(error);
    }
    this.reload();
  }
}

/** Put a place into the text where the caret is. */
function insert({ target }) {
  const text = target.closest("form").querySelector("textarea");
  text.setRangeText(`{{${target.dataset.place}}}`, text.selectionStart, text.selectionEnd, "end");
  text.focus();
}

const plain = (text) => text.normalize("NFC").toLowerCase();

customElements.define(tag, InboxReplies);
