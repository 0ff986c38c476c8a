/** What is said over the screen: a sentence that goes by itself, one that stays until the fault is over, a question. */

import { html, nothing, render } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { problemText, t } from "../texts.js";
import { icon } from "./icons.js";

const SHOWN = 6000;
/** How soon it goes after who held it has gone on, at most. */
const AGAIN = 1000;

/** Whether somebody points at one of them, or has the keyboard there: none goes from under their hands. */
const isHeld = () => {
  const pointed = matchMedia("(hover: hover)").matches ? ", .notices:hover" : "";
  return document.querySelector(`.notices:focus-within${pointed}`) !== null;
};

/** Dispatches `change` when something else is to be read. */
export class Notices extends EventTarget {
  /** @type {{id: number, text: string, kind: "said"|"fault", action: ?{label: string, run: () => void}}[]} */
  list = [];
  #last = 0;

  /** A sentence that goes by itself. @param {string} text @param {{label: string, run: () => void}} [action] to take it back, say */
  say(text, action = null) {
    this.#add({ text, kind: "said", action }, SHOWN);
  }

  /** What was refused, in the service's words by code. @param {Error} error @param {() => void} [again] to try once more */
  fail(error, again = null) {
    if (error.name === "AbortError") return;
    // Signed out: the bar says so, and what was to be done is still there.
    if (error.code === "unauthenticated" || error.code === "token_expired") return;
    this.#add(
      { text: problemText(error), kind: "fault", action: again && { label: t("again"), run: again } },
      2 * SHOWN,
    );
  }

  /** What was refused, where more is known than its code. @param {string} text */
  refuse(text, action = null) {
    this.#add({ text, kind: "fault", action }, 2 * SHOWN);
  }

  close(id) {
    this.list = this.list.filter((one) => one.id !== id);
    this.dispatchEvent(new Event("change"));
  }

  #add(notice, milliseconds) {
    const id = ++this.#last;
    this.list = [...this.list.filter(({ text }) => text !== notice.text), { ...notice, id }].slice(-3);
    this.dispatchEvent(new Event("change"));
    const go = () => (isHeld() ? setTimeout(go, AGAIN) : this.close(id));
    setTimeout(go, milliseconds);
  }
}

/** What there is to read, for the shell. Both regions are always there, so that they are read aloud when something comes. */
export function noticesView(notices) {
  const all = (kind) => notices.list.filter((one) => one.kind === kind);
  // Each in its own place of the page: a press that began on one never ends on what another does.
  const of = (kind) =>
    repeat(
      all(kind),
      ({ id }) => id,
      (one) => notice(notices, one),
    );
  return html`<div class="notices">
    <div role="alert">${of("fault")}</div>
    <div role="status">${of("said")}</div>
  </div>`;
}

const notice = (notices, { id, text, kind, action }) => html`<p class="notice ${kind}">
  <span>${text}</span>
  ${
    action
      ? html`<button type="button" class="quiet" @click=${() => {
          notices.close(id);
          action.run();
        }}>${action.label}</button>`
      : nothing
  }
  <button type="button" class="bare" aria-label=${t("close")} @click=${() => notices.close(id)}>${icon("close")}</button>
</p>`;

/**
 * Ask before something that cannot be taken back.
 * @param {{title: string, text?: unknown, yes: string, isDangerous?: boolean}} question @returns {Promise<boolean>}
 */
export function confirm({ title, text = nothing, yes, isDangerous = false }) {
  const dialog = document.body.appendChild(document.createElement("dialog"));
  dialog.className = "question";
  dialog.setAttribute("aria-labelledby", "question-title");
  render(
    html`<form method="dialog">
      <h2 id="question-title">${title}</h2>
      ${text === nothing ? nothing : html`<p>${text}</p>`}
      <div class="row end">
        <button class="quiet" value="">${t("cancel")}</button>
        <button class=${isDangerous ? "danger" : "main"} value="yes">${yes}</button>
      </div>
    </form>`,
    dialog,
  );
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
