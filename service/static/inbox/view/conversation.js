/** The conversation that is open: who it is with, what was said, what can be written. */

import { html, nothing } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { problemText, t } from "../texts.js";
import "./conversation/actions.js";
import "./conversation/composer.js";
import "./conversation/timeline.js";
import { View } from "./element.js";
import { icon } from "./icons.js";
import { fullMoment, nameOf } from "./words.js";

class InboxConversation extends View {
  #focusedId = null;

  follows(follow) {
    follow(this.desk.talk, "change");
    this.desk.talk.addEventListener("said", ({ detail }) => this.#announce(detail), { signal: this.life });
  }

  render() {
    const { current } = this.desk.talk;
    // Emptied by hand, so that another conversation begins in silence.
    return html`${current ? keyed(current.id, this.#opened(current)) : html`<p class="hint">${t("nothing_open")}</p>`}
      <p class="sr announced" role="status"></p>`;
  }

  updated() {
    const { current } = this.desk.talk;
    if ((current?.id ?? null) === this.#focusedId) return;
    this.#focusedId = current?.id ?? null;
    this.querySelector(".announced").textContent = "";
  }

  #opened(conversation) {
    const { row, problem, isLoaded, isGone } = conversation;
    if (isGone) return this.#failed(conversation);
    return html`
      ${row ? this.#head(conversation) : nothing}
      ${
        isLoaded
          ? html`<inbox-timeline .desk=${this.desk} .conversation=${conversation}></inbox-timeline>
              <inbox-composer .desk=${this.desk} .conversation=${conversation}></inbox-composer>`
          : problem
            ? this.#failed(conversation)
            : html`<p class="hint" role="status">${t("loading")}</p>`
      }
    `;
  }

  #head(conversation) {
    const { row } = conversation;
    return html`<header class="talk-head">
      <button type="button" class="bare to-list" aria-label=${t("talk_to_list")} @click=${this.#toList}>${icon("back")}</button>
      <div class="who">
        <h1 tabindex="-1"><bdi>${nameOf(row.contact)}</bdi></h1>
        <p class="state">${this.#state(row)}</p>
        ${this.#people(conversation)}
      </div>
      <inbox-actions .desk=${this.desk} .conversation=${conversation}></inbox-actions>
      <button type="button" class="bare to-beside" aria-label=${t("talk_beside")} @click=${() => this.desk.columns.show("beside")}>${icon("person")}</button>
    </header>`;
  }

  #state({ status, handling, assignee, snoozedUntil, priority, contact }) {
    const isAsleep = snoozedUntil && new Date(snoozedUntil) > Date.now();
    const has =
      status === "completed"
        ? t("view_completed")
        : handling === "agent" && assignee
          ? t(assignee.id === this.desk.inbox.me.id ? "talk_mine" : "talk_has", { name: assignee.displayName })
          : t(handling === "bot" ? "view_bot" : "view_waiting");
    return html`<span class="mark has-${status === "completed" ? status : handling}"><bdi>${has}</bdi></span>
      ${isAsleep ? html`<span class="mark">${t("talk_asleep", { at: fullMoment(snoozedUntil) })}</span>` : nothing}
      ${["high", "urgent"].includes(priority) ? html`<span class="mark ${priority}">${t(`priority_${priority}`)}</span>` : nothing}
      ${contact.blockedAt ? html`<span class="mark urgent">${t("talk_blocked")}</span>` : nothing}`;
  }

  /** Colleagues who look at it, so that two do not answer the same. */
  #people({ viewers, typing }) {
    if (!viewers.length) return nothing;
    const names = viewers.map(({ name }) => name).join(", ");
    const isTyping = viewers.some(({ id }) => typing.operators.includes(id));
    return html`<p class="viewers ${isTyping ? "busy" : ""}" title=${t("talk_viewers", { names })}>
      ${viewers.slice(0, 3).map(({ name }) => html`<span class="face" aria-hidden="true">${[...name][0]}</span>`)}
      <span class="sr">${t("talk_viewers", { names })}</span>
    </p>`;
  }

  #failed(conversation) {
    const { problem, isGone } = conversation;
    return html`<div class="hint" role="alert">
      <p>${isGone ? t("talk_gone") : problemText(problem)}</p>
      ${isGone ? html`<button type="button" @click=${this.#toList}>${t("talk_to_list")}</button>` : html`<button type="button" @click=${() => conversation.open()}>${t("again")}</button>`}
    </div>`;
  }

  #announce(messages) {
    const { row } = this.desk.talk.current;
    const told = messages.map(({ role, author, content, kind }) => {
      const name = role === "user" ? nameOf(row.contact) : (author?.name ?? t("talk_bot"));
      return `${name}: ${(content ?? t(kind === "form" ? "said_form" : "said_other")).slice(0, 300)}`;
    });
    this.querySelector(".announced").textContent = told.join("\n");
  }

  #toList = () => {
    const { places, inbox } = this.desk;
    const id = inbox.openId;
    places.go(places.list(inbox.view, inbox.filters));
    requestAnimationFrame(() => document.querySelector(`[data-id="${id}"]`)?.focus());
  };
}

customElements.define("inbox-conversation", InboxConversation);
