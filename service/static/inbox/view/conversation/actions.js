/** What can be done with the conversation that is open: take it, give it to somebody, let it sleep, end it. */

import { html, nothing } from "lit";
import { change, claim, reopening } from "../../store/changes.js";
import { presets } from "../../store/snoozes.js";
import { locale, t } from "../../texts.js";
import { View } from "../element.js";
import { icon } from "../icons.js";
import { Menus } from "../menu.js";
import { confirm } from "../notices.js";
import { fullMoment, nameOf } from "../words.js";
import { isToldAbove, refusalOf } from "./refusals.js";

class InboxActions extends View {
  static properties = { conversation: { attribute: false } };
  #menus = new Menus(this);
  #isBusy = false;
  #snoozes = null;
  /** Who can be chosen, as it was when the menu was opened: nothing moves under the pointer. */
  #team = [];

  connectedCallback() {
    super.connectedCallback();
    // The second half of a double click would hit what has come to stand there: reopen what was completed, say.
    const once = (event) => event.detail > 1 && event.target.closest("button") && event.stopPropagation();
    this.addEventListener("click", once, { signal: this.life, capture: true });
    const add = (name, key, run) => this.desk.keys.add({ name, key, label: `key_${name}`, run }, this.life);
    add("claim", "c", () => this.querySelector("button.main")?.click());
    add("assign", "a", () => this.#menus.toggle("assign", () => this.#readTeam()));
    add("snooze", "s", () => this.#menus.toggle("snooze", () => this.#readSnoozes()));
    add("complete", "e", () => this.querySelector("button.end").click());
  }

  follows(follow) {
    follow(this.desk.inbox, "change");
  }

  render() {
    const { row } = this.conversation;
    const isOpen = row.status === "open";
    const isMine = row.handling === "agent" && row.assignee?.id === this.desk.inbox.me.id;
    const isFree = row.handling !== "agent" || !row.assignee;
    return html`<div class="actions" role="group" aria-label=${t("talk_actions")}>
      ${isOpen && !isMine ? html`<button type="button" class="main" ?disabled=${this.#isBusy} @click=${isFree ? this.#claim : this.#takeOver}>${t(isFree ? "talk_claim" : "talk_take_over")}</button>` : nothing}
      ${isOpen ? this.#menus.render("assign", { label: t("talk_assign"), icon: "unassigned", prepare: () => this.#readTeam() }, () => this.#assignees()) : nothing}
      ${isOpen ? this.#menus.render("snooze", { label: t("talk_snooze"), icon: "snoozed", prepare: () => this.#readSnoozes() }, () => this.#sleeps()) : nothing}
      <button type="button" class="end" ?disabled=${this.#isBusy} @click=${isOpen ? this.#complete : this.#reopen}>${icon(isOpen ? "completed" : "open")}${t(isOpen ? "talk_complete" : "talk_reopen")}</button>
      ${this.#menus.render("more", { label: t("talk_more"), icon: "more", class: "bare", isIconOnly: true }, () => this.#more())}
    </div>`;
  }

  /** The focus is never lost with the button that had it. */
  updated() {
    if (this.#hadFocus && document.activeElement === document.body)
      this.closest(".talk-head").querySelector("h1").focus();
    this.#hadFocus = false;
  }

  #hadFocus = false;
  willUpdate() {
    this.#hadFocus = this.contains(document.activeElement);
  }

  #assignees() {
    const { inbox } = this.desk;
    const { assignee } = this.conversation.row;
    return html`
      ${this.#team.map(
        (
          one,
        ) => html`<button type="button" class="choice" aria-pressed=${one.id === assignee?.id} @click=${() => this.#assign(one)}>
          <span class="dot ${one.availability}"></span><bdi>${one.displayName}</bdi>
          <span class="aside">${one.id === inbox.me.id ? t("talk_me") : t(`state_${one.availability}`)}</span>
        </button>`,
      )}
      <hr />
      <button type="button" class="choice" ?disabled=${this.conversation.row.handling === "waiting"} @click=${this.#putBack}>${t("talk_put_back")}</button>
    `;
  }

  #sleeps() {
    const { snoozedUntil } = this.conversation.row;
    const isAsleep = snoozedUntil && new Date(snoozedUntil) > Date.now();
    return html`
      ${(this.#snoozes ?? []).map(
        ({ key, at }) => html`<button type="button" class="choice" @click=${() => this.#sleep(at)}>
          ${t(`talk_snooze_${key}`)}<span class="aside">${momentOf(at)}</span>
        </button>`,
      )}
      <form class="until" @submit=${this.#sleepUntil}>
        <label for="snooze-until">${t("talk_snooze_until")}</label>
        <input id="snooze-until" name="until" type="datetime-local" required min=${fieldOf(new Date())} />
        <button>${t("talk_snooze")}</button>
      </form>
      ${isAsleep ? html`<hr /><button type="button" class="choice" @click=${() => this.#sleep(null)}>${t("talk_wake")}</button>` : nothing}
    `;
  }

  #more() {
    const { row } = this.conversation;
    const isBlocked = Boolean(row.contact.blockedAt);
    return html`
      ${
        row.channel === "web"
          ? html`<button type="button" class="choice" ?disabled=${row.handling === "bot" || row.status !== "open"} @click=${this.#toBot}>${icon("bot")}${t("talk_to_bot")}</button>`
          : nothing
      }
      <button type="button" class="choice" @click=${this.#copyAddress}>${icon("open")}${t("talk_copy_address")}</button>
      <hr />
      <button type="button" class="choice ${isBlocked ? "" : "bad"}" @click=${isBlocked ? this.#unblock : this.#block}>${icon("blocked")}${t(isBlocked ? "talk_unblock" : "talk_block")}</button>
    `;
  }

  async #readTeam() {
    const { inbox } = this.desk;
    await inbox.renew();
    const team = inbox.operators.filter(({ isActive, userId }) => isActive && userId);
    this.#team = team.sort((one, other) => Number(other.id === inbox.me.id) - Number(one.id === inbox.me.id));
  }

  async #readSnoozes() {
    try {
      this.#snoozes = presets(await this.desk.talk.hours(), new Date());
    } catch {
      // Without the hours a date can still be chosen.
      this.#snoozes = [];
    }
  }

  /** One thing at a time; a refusal is said in words, and what was seen before it helps to say what happened. */
  async #run(task, done) {
    if (this.#isBusy) return;
    const before = this.conversation.row;
    this.#menus.close(true);
    this.#isBusy = true;
    this.requestUpdate();
    try {
      await task();
      done?.(before);
    } catch (error) {
      if (!isToldAbove(error)) this.desk.notices.refuse(refusalOf(error, before));
    }
    this.#isBusy = false;
    this.requestUpdate();
  }

  #change(changes, done) {
    return this.#run(() => change(this.conversation, changes), done);
  }

  #said = (key, values) => () => this.desk.notices.say(t(key, values));

  #claim = () =>
    this.#run(
      () => claim(this.conversation),
      () => this.dispatchEvent(new CustomEvent("claimed", { bubbles: true })),
    );

  #takeOver = () => this.#change({ assigneeId: this.desk.inbox.me.id }, this.#said("talk_said_taken"));

  #assign({ id, displayName }) {
    this.#change({ assigneeId: id }, this.#said("talk_said_assigned", { name: displayName }));
  }

  #putBack = () => this.#change({ handling: "waiting" }, this.#said("talk_said_put_back"));
  #toBot = () => this.#change({ handling: "bot" }, this.#said("talk_said_to_bot"));

  #sleep(at) {
    const until = at ? at.toISOString() : null;
    this.#change(
      { snoozedUntil: until },
      at ? this.#said("talk_said_asleep", { at: fullMoment(until) }) : this.#said("talk_said_awake"),
    );
  }

  #sleepUntil = (event) => {
    event.preventDefault();
    const at = new Date(event.target.elements.until.value);
    if (at > Date.now()) this.#sleep(at);
  };

  #complete = () =>
    this.#change({ status: "completed" }, (before) =>
      this.desk.notices.say(t("talk_said_completed"), {
        label: t("talk_undo"),
        run: () => this.#change(reopening(before), this.#said("talk_said_reopened")),
      }),
    );

  #reopen = () => this.#change({ status: "open" }, this.#said("talk_said_reopened"));

  #block = async () => {
    this.#menus.close(true);
    const title = t("talk_block_title", { name: nameOf(this.conversation.row.contact) });
    if (!(await confirm({ title, text: t("talk_block_text"), yes: t("talk_block"), isDangerous: true }))) return;
    this.#change({ blocked: true }, this.#said("talk_said_blocked"));
  };

  #unblock = () => this.#change({ blocked: false }, this.#said("talk_said_unblocked"));

  #copyAddress = async () => {
    this.#menus.close(true);
    const { notices } = this.desk;
    const address = `${location.origin}/inbox/c/${this.conversation.id}`;
    try {
      await navigator.clipboard.writeText(address);
      notices.say(t("talk_said_copied"));
    } catch {
      notices.say(address);
    }
  };
}

const momentOf = (at) =>
  new Intl.DateTimeFormat(locale, {
    weekday: "short",
    hour: "numeric",
    minute: "2-digit",
    month: "numeric",
    day: "numeric",
  }).format(at);

/** As a field for local time takes it. */
function fieldOf(date) {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

customElements.define("inbox-actions", InboxActions);
