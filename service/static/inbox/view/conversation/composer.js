/**
 * What can be written: a reply to the customer, or a note for the team. Each has a field, a text, a colour, a key and a
 * button of its own, so that one is never sent as the other.
 */

import { html, nothing } from "lit";
import { change } from "../../store/changes.js";
import { TypingTold } from "../../store/typing.js";
import { t } from "../../texts.js";
import { View } from "../element.js";
import { icon } from "../icons.js";
import { CannedList } from "./canned-list.js";
import { counter, gapName, gapsLine, meanwhile, otherTab } from "./lines.js";
import { isToldAbove, refusalOf } from "./refusals.js";
import { Writing } from "./writing.js";

/** The longest texts that the service takes, in characters. */
const LONGEST = { reply: 4000, note: 16_000 };
/** Nobody reads in less, in milliseconds: a second press before that was meant as the first. */
const TO_READ = 500;
const ENTER = "enter sends";
/** Where Enter makes a line in any case: under a thumb. */
const isTouch = () => matchMedia("(pointer: coarse)").matches;

class InboxComposer extends View {
  static properties = { conversation: { attribute: false } };
  /** @type {"reply"|"note"} */
  mode = "reply";
  canned = new CannedList(this);
  /** What is wrong with the text that was to be sent, said until it is changed. */
  #fault = null;
  /** Since when it is shown that something came meanwhile. */
  #warnedAt = 0;
  #typing = null;
  #texts = null;
  #wasOver = false;

  connectedCallback() {
    super.connectedCallback();
    const { api, talk } = this.desk;
    const { conversation, life } = this;
    this.#texts = { reply: new Writing(this, "reply"), note: new Writing(this, "note") };
    this.#typing = new TypingTold((isTyping, keepalive) =>
      api.put(`${conversation.path}/typing`, { isTyping }, { keepalive }),
    );
    // A text that waits is shown, and not behind the other one.
    if (!this.#texts.reply.text && this.#texts.note.text) this.mode = "note";
    for (const event of ["change", "taken"])
      talk.drafts.addEventListener(event, ({ detail }) => this.#elsewhere(detail, event === "taken"), { signal: life });
    addEventListener("pagehide", () => this.#typing.stop(true), { signal: life });
    document.addEventListener("claimed", () => this.write("reply"), { signal: life });
    const { keys } = this.desk;
    keys.add({ name: "reply", key: "r", label: "key_reply", run: () => this.write("reply") }, life);
    keys.add({ name: "note", key: "n", label: "key_note", run: () => this.write("note") }, life);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#typing.stop();
  }

  follows(follow) {
    follow(this.desk.talk, "change");
  }

  willUpdate(changed) {
    super.willUpdate(changed);
    const isOver = this.conversation.row.status !== "open";
    // That it is over is said where one would answer, unless somebody is at a note.
    if (isOver && !this.#wasOver && this.#texts.note.isBlank) this.mode = "reply";
    this.#wasOver = isOver;
  }

  /** The field of the text that is shown. @returns {HTMLTextAreaElement} */
  get field() {
    return this.querySelector(`form.${this.mode} textarea`);
  }

  /** @param {"reply"|"note"} mode */
  async write(mode) {
    if (mode !== this.mode) {
      this.canned.close();
      this.#typing.stop();
      this.#fault = null;
    }
    this.mode = mode;
    this.requestUpdate();
    await this.updateComplete;
    this.field?.focus();
  }

  render() {
    return html`<div class="modes" role="group" aria-label=${t("talk_modes")}>
        ${this.#modeButton("reply", "talk_reply", "R")}${this.#modeButton("note", "talk_note", "N")}
      </div>
      ${this.#reply()}${this.#note()}`;
  }

  #modeButton(mode, key, shortcut) {
    const has = mode !== this.mode && this.#texts[mode].text;
    return html`<button type="button" class="mode ${mode}" aria-pressed=${mode === this.mode} aria-keyshortcuts=${shortcut} @click=${() => this.write(mode)}>
      ${icon(mode === "note" ? "note" : "send")}${t(key)}${has ? html`<span class="dot" title=${t("talk_has_draft")}></span><span class="sr">, ${t("talk_has_draft")}</span>` : nothing}
    </button>`;
  }

  #reply() {
    const { row } = this.conversation;
    const isShown = this.mode === "reply";
    if (row.status !== "open")
      return html`<div class="reply over" ?hidden=${!isShown}>
        <p>${t("talk_over")}</p>
        <button type="button" @click=${this.#reopen}>${t("talk_reopen")}</button>
      </div>`;
    const writing = this.#texts.reply;
    const count = writing.newCount;
    const gaps = writing.gaps;
    const isWarned = count > 0 && this.#warnedAt > 0;
    return html`<form class="reply" ?hidden=${!isShown} @submit=${this.#submitted}>
      ${count ? meanwhile(count, isWarned, this.#seen) : nothing}
      ${otherTab(writing)}
      ${this.canned.render()}
      ${this.#field("reply", this.#hint(row))}
      ${gaps.length ? gapsLine(gaps, (gap) => this.#toGap(gap)) : nothing}
      ${this.#faultLine("reply")}
      <div class="foot">
        <button type="button" class="bare" aria-label=${t("talk_canned")} title=${t("talk_canned")} @click=${() => this.canned.ask()}>/</button>
        ${isTouch() ? nothing : this.#sends()}
        ${counter(writing, LONGEST[writing.mode])}
        <button class="main send" ?disabled=${isWarned && this.#isTooSoon} aria-keyshortcuts=${this.#enterSends ? "Enter" : "Control+Enter"}>${icon("send")}${t(isWarned ? "talk_send_after_all" : "talk_send_reply")}</button>
      </div>
    </form>`;
  }

  #note() {
    const writing = this.#texts.note;
    return html`<form class="note" ?hidden=${this.mode !== "note"} @submit=${this.#submitted}>
      <p class="for-team">${icon("note")}${t("talk_note_for")}</p>
      ${otherTab(writing)}
      ${this.#field("note", t("talk_note_hint"))}
      ${this.#faultLine("note")}
      <div class="foot">
        <span class="aside">${isTouch() ? nothing : t("talk_note_key")}</span>
        ${counter(writing, LONGEST[writing.mode])}
        <button class="note-button" aria-keyshortcuts="Alt+Enter">${icon("note")}${t("talk_save_note")}</button>
      </div>
    </form>`;
  }

  #field(mode, hint) {
    const isReply = mode === "reply";
    const { isOpen, activeId } = this.canned;
    return html`<textarea rows="3" dir="auto" name=${mode} aria-label=${t(isReply ? "talk_reply_to" : "talk_note")} placeholder=${hint}
      aria-describedby=${this.#fault ? `fault-${mode}` : nothing} aria-invalid=${this.#fault && mode === this.mode ? "true" : nothing}
      aria-autocomplete=${isReply ? "list" : nothing} aria-controls=${isReply && isOpen ? "canned" : nothing} aria-activedescendant=${isReply && isOpen ? activeId : nothing}
      @input=${this.#typed} @keydown=${this.#pressed} @blur=${this.#left} @click=${() => isReply && this.canned.look()}></textarea>`;
  }

  updated() {
    Object.values(this.#texts).forEach((writing) => writing.attach());
  }

  #sends() {
    const { shelf } = this.desk;
    const choose = ({ target }) => {
      shelf.set(ENTER, target.checked);
      this.requestUpdate();
    };
    return html`<label class="sends"><input type="checkbox" .checked=${this.#enterSends} @change=${choose} />${t("talk_enter_sends")}</label>`;
  }

  /** Whether Enter sends a reply; else Ctrl and Enter do. */
  get #enterSends() {
    return this.desk.shelf.get(ENTER, true) && !isTouch();
  }

  #faultLine(mode) {
    const isHere = this.#fault && mode === this.mode;
    return html`<p class="wrong" id=${`fault-${mode}`} role="alert">${isHere ? this.#fault : nothing}</p>`;
  }

  #hint({ handling, assignee }) {
    if (handling !== "agent" || !assignee) return t("talk_reply_takes");
    if (assignee.id === this.desk.inbox.me.id) return t("talk_reply_hint");
    return t("talk_reply_helps", { name: assignee.displayName });
  }

  #typed = ({ target, isComposing }) => {
    const writing = this.#texts[target.name];
    writing.typed();
    this.#fault = null;
    if (!writing.text) this.#warnedAt = 0;
    if (target.name === "reply") {
      if (writing.text) this.#typing.type();
      else this.#typing.stop();
      this.canned.look();
    }
    if (!isComposing || target.name === "reply") this.requestUpdate();
  };

  #left = () => {
    this.#typing.stop();
    this.canned.close(false);
  };

  #pressed = (event) => {
    // The Enter that ends a syllable sends nothing and chooses nothing.
    if (event.isComposing || event.keyCode === 229) return;
    const isReply = event.target.name === "reply";
    if (isReply && this.canned.pressed(event)) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      event.target.blur();
      this.closest("inbox-conversation").querySelector("h1").focus();
    }
    if (event.key !== "Enter" || !this.#sendsNow(event, isReply)) return;
    event.preventDefault();
    // A key that is held down sends once.
    if (!event.repeat) this.#send();
  };

  #sendsNow({ ctrlKey, metaKey, altKey, shiftKey }, isReply) {
    if (!isReply) return altKey && !ctrlKey && !metaKey;
    if (altKey || shiftKey) return false;
    return ctrlKey || metaKey || this.#enterSends;
  }

  #submitted = (event) => {
    event.preventDefault();
    this.#send();
  };

  #send() {
    const writing = this.#texts[this.mode];
    this.canned.close();
    if (writing.isBlank) return void this.field.focus();
    if (writing.length > LONGEST[this.mode]) return this.#refuse(t("talk_too_long", { n: LONGEST[this.mode] }));
    if (this.mode === "reply") {
      const [gap] = writing.gaps;
      if (gap) {
        this.#refuse(t("talk_gap_fault", { name: gapName(gap.name) }));
        return this.#toGap(gap);
      }
      if (writing.newCount && !this.#isSure()) return undefined;
    }
    writing.send();
    this.#warnedAt = 0;
    this.#fault = null;
    this.#typing.stop();
    this.requestUpdate();
    this.field.focus();
    return undefined;
  }

  /** What came meanwhile is shown first; the same key once more, after one could have read it, sends. */
  #isSure() {
    if (this.#warnedAt) {
      if (this.#isTooSoon) return false;
      this.#seen();
      return true;
    }
    this.#warnedAt = Date.now();
    setTimeout(() => this.requestUpdate(), TO_READ);
    this.closest("inbox-conversation").querySelector("inbox-timeline").toEnd();
    this.requestUpdate();
    this.field.focus();
    return false;
  }

  get #isTooSoon() {
    return Date.now() - this.#warnedAt < TO_READ;
  }

  #seen = () => {
    this.#texts.reply.see();
    this.#warnedAt = 0;
    this.requestUpdate();
    this.field.focus();
  };

  #refuse(words) {
    this.#fault = words;
    this.requestUpdate();
    this.field.focus();
  }

  #toGap({ from, to }) {
    this.field.focus();
    this.field.setSelectionRange(from, to);
  }

  #reopen = async () => {
    const before = this.conversation.row;
    try {
      await change(this.conversation, { status: "open" });
      await this.write("reply");
    } catch (error) {
      if (!isToldAbove(error)) this.desk.notices.refuse(refusalOf(error, before));
    }
  };

  #elsewhere({ conversationId, kind }, isTaken) {
    if (conversationId !== this.conversation.id || !(kind in this.#texts)) return;
    this.#texts[kind].heard(isTaken);
    if (isTaken) this.write(kind);
    else this.requestUpdate();
  }
}

customElements.define("inbox-composer", InboxComposer);
