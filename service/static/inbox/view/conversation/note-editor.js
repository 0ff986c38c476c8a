/** Changing one's own note where it stands. What is typed is kept as a draft, like everything else. */

import { html } from "lit";
import { isBlank } from "../../../munui/blank.js";
import { deleteNote, editNote } from "../../store/changes.js";
import { t } from "../../texts.js";
import { confirm } from "../notices.js";
import { isToldAbove, refusalOf } from "./refusals.js";

export class NoteEditor {
  #isBusy = false;

  /** @param {import("../element.js").View & {conversation: object}} host */
  constructor(host) {
    this.host = host;
  }

  isOpen(id) {
    return this.#drafts.get(this.#conversation.id, kindOf(id)) !== null;
  }

  async open(id, content) {
    this.#drafts.write(this.#conversation.id, kindOf(id), content);
    await this.#shown();
    this.host.querySelector(`[data-note="${id}"] textarea`)?.focus();
  }

  render(id) {
    const { text } = this.#drafts.get(this.#conversation.id, kindOf(id));
    return html`<form class="edit" @submit=${(event) => this.#save(event, id)}>
      <textarea name="content" rows="3" aria-label=${t("talk_note")} .value=${text} ?disabled=${this.#isBusy}
        @input=${({ target }) => this.#drafts.write(this.#conversation.id, kindOf(id), target.value || " ")}
        @keydown=${(event) => this.#pressed(event, id)}></textarea>
      <p class="row end">
        <button type="button" class="quiet" @click=${() => this.#close(id)}>${t("cancel")}</button>
        <button class="note-button">${t("talk_note_change")}</button>
      </p>
    </form>`;
  }

  async remove(id) {
    const note = this.#conversation.notes.find((one) => one.id === id);
    const question = {
      title: t("talk_note_delete_title"),
      text: note.content.slice(0, 200),
      yes: t("talk_delete"),
      isDangerous: true,
    };
    if (!(await confirm(question))) return;
    await this.#try(() => deleteNote(this.#conversation, note));
    this.host.querySelector(".log")?.focus();
  }

  get #drafts() {
    return this.host.desk.talk.drafts;
  }

  get #conversation() {
    return this.host.conversation;
  }

  #pressed(event, id) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") this.#close(id);
    else if (event.key === "Enter" && event.altKey) event.target.form.requestSubmit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async #save(event, id) {
    event.preventDefault();
    const content = event.target.elements.content.value.trim();
    if (isBlank(content)) return;
    const note = this.#conversation.notes.find((one) => one.id === id);
    if (await this.#try(() => editNote(this.#conversation, note, content))) await this.#close(id);
  }

  async #close(id) {
    this.#drafts.remove(this.#conversation.id, kindOf(id));
    await this.#shown();
    this.host.querySelector(`[data-note="${id}"] button`)?.focus();
  }

  async #try(task) {
    this.#isBusy = true;
    this.host.requestUpdate();
    try {
      await task();
      return true;
    } catch (error) {
      if (!isToldAbove(error)) this.host.desk.notices.refuse(refusalOf(error));
      return false;
    } finally {
      this.#isBusy = false;
      this.host.requestUpdate();
    }
  }

  #shown() {
    this.host.requestUpdate();
    return this.host.updateComplete;
  }
}

const kindOf = (id) => `edit.${id}`;
