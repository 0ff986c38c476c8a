/** What stands beside the conversation that is open: who it is with, what they told, what was before. */

import { html, nothing } from "lit";
import { change } from "../store/changes.js";
import { t } from "../texts.js";
import { browserOf } from "./conversation/browser.js";
import { wordsOf } from "./conversation/happened.js";
import { answers, moment, stars } from "./conversation/items.js";
import { isToldAbove, refusalOf } from "./conversation/refusals.js";
import { View } from "./element.js";
import { icon } from "./icons.js";
import { channelName, fullMoment, nameOf, shortMoment } from "./words.js";

const PRIORITIES = ["low", "normal", "high", "urgent"];

class InboxBeside extends View {
  #isBusy = false;

  follows(follow) {
    follow(this.desk.talk, "change");
    follow(this.desk.inbox, "change");
    follow(this.desk.channels, "change");
  }

  render() {
    const { current } = this.desk.talk;
    if (!current?.row || current.isGone) return nothing;
    // It has its room as soon as there are buttons beside it: none moves from under the mouse when the rest has come.
    return html`<div class="beside">
      <div class="alone-head">
        <button type="button" class="bare" aria-label=${t("talk_to_talk")} @click=${() => this.desk.columns.show("conversation")}>${icon("back")}</button>
        <h1><bdi>${nameOf(current.row.contact)}</bdi></h1>
      </div>
      ${current.isLoaded ? this.#all(current) : nothing}
    </div>`;
  }

  #all(current) {
    return html`${this.#person(current)}${this.#sorted(current)}${this.#attributes(current)}${this.#forms(current)}${this.#former(current)}${this.#history(current)}`;
  }

  #person({ contact, row }) {
    const { name, email, phone, isGuest, locale, lastPageUrl, userAgent, lastSeenAt, createdAt } = contact;
    const rows = [
      ["talk_channel", row.channel !== "web" && html`<bdi>${channelName(row.channel, this.desk.channels)}</bdi>`],
      ["talk_mail", email && html`<a href=${`mailto:${encodeURIComponent(email)}`}>${email}</a>`],
      ["talk_phone", phone && html`<a href=${`tel:${phone.replace(/[^+\d]/g, "")}`}>${phone}</a>`],
      ["talk_locale", locale && languageOf(locale)],
      ["talk_page", lastPageUrl && pageLink(lastPageUrl)],
      ["talk_browser", userAgent && html`<span title=${userAgent}>${browserOf(userAgent)}</span>`],
      [
        "talk_seen",
        lastSeenAt &&
          html`<time datetime=${lastSeenAt} title=${fullMoment(lastSeenAt)}>${shortMoment(lastSeenAt)}</time>`,
      ],
      ["talk_since", html`<time datetime=${createdAt} title=${fullMoment(createdAt)}>${shortMoment(createdAt)}</time>`],
      [
        "talk_rating",
        row.rating &&
          html`${stars(row.rating.score)}${row.rating.comment ? html`<br><q>${row.rating.comment}</q>` : nothing}`,
      ],
    ];
    return html`<section aria-label=${t("talk_contact")}>
      <h2 class="name"><bdi>${nameOf(contact)}</bdi></h2>
      <p><span class="mark">${t(isGuest ? "guest" : "member")}</span>${contact.blockedAt ? html` <span class="mark urgent">${t("talk_blocked")}</span>` : nothing}${name ? nothing : html` <span class="aside">${t("talk_no_name")}</span>`}</p>
      <dl>${rows.filter(([, told]) => told).map(([key, told]) => html`<div><dt>${t(key)}</dt><dd dir="auto">${told}</dd></div>`)}</dl>
    </section>`;
  }

  #sorted({ row }) {
    const has = new Set(row.labels.map(({ name }) => name));
    const { inbox } = this.desk;
    const { labels } = inbox;
    return html`<section aria-labelledby="beside-labels" @pointerenter=${() => inbox.renew()} @focusin=${() => inbox.renew()}>
      <h2 id="beside-labels">${t("talk_labels")}</h2>
      <div class="labels">
        ${labels.map(
          ({
            name,
            color,
          }) => html`<button type="button" class="mark label" aria-pressed=${has.has(name)} ?disabled=${this.#isBusy}
            .style=${color ? `--label: ${color}` : ""} @click=${() => this.#change(has.has(name) ? { removeLabels: [name] } : { addLabels: [name] })}><bdi>${name}</bdi></button>`,
        )}
        ${labels.length ? nothing : html`<p class="aside">${t("talk_no_labels")}</p>`}
      </div>
      <label class="priority">${t("talk_priority")}
        <select .value=${row.priority} ?disabled=${this.#isBusy} @change=${({ target }) => this.#change({ priority: target.value })}>
          ${PRIORITIES.map((one) => html`<option value=${one} ?selected=${one === row.priority}>${t(`priority_${one}`)}</option>`)}
        </select>
      </label>
    </section>`;
  }

  #attributes({ contact }) {
    const told = Object.entries(contact.attributes);
    if (!told.length) return nothing;
    return html`<section aria-labelledby="beside-attributes">
      <h2 id="beside-attributes">${t("talk_attributes")}</h2>
      <p class="unverified">${t("talk_unverified")}</p>
      <dl>${told.map(([name, value]) => html`<div><dt><bdi>${name}</bdi></dt><dd dir="auto">${value === null ? "–" : String(value)}</dd></div>`)}</dl>
    </section>`;
  }

  #forms({ inquiries, messages }) {
    if (!inquiries.length) return nothing;
    const fieldsOf = (id) => messages.find((one) => one.id === id)?.payload?.fields;
    return html`<section aria-labelledby="beside-forms">
      <h2 id="beside-forms">${t("talk_forms")}</h2>
      ${inquiries.map(({ messageId, values, createdAt }) => html`<div class="filled">${moment(createdAt)}${answers(fieldsOf(messageId), values)}</div>`)}
    </section>`;
  }

  #former({ former }) {
    if (!former.length) return nothing;
    return html`<section aria-labelledby="beside-former">
      <h2 id="beside-former">${t("talk_former")}</h2>
      <ul class="former">${former.map(
        ({ id, title, status, lastMessageAt, createdAt }) => html`<li><a href=${this.desk.places.conversation(id)}>
          <bdi>${title || t("said_nothing")}</bdi><span class="aside">${shortMoment(lastMessageAt ?? createdAt)} · ${t(status === "completed" ? "view_completed" : "view_open")}</span></a></li>`,
      )}</ul>
    </section>`;
  }

  #history({ activities }) {
    const told = activities.filter(({ type }) => type !== "message.created");
    if (!told.length) return nothing;
    return html`<section>
      <details><summary>${t("talk_history")}</summary>
        <ol class="happenings">${told.toReversed().map((one) => html`<li>${wordsOf(one, this.desk.inbox)} <time datetime=${one.createdAt} title=${fullMoment(one.createdAt)}>${shortMoment(one.createdAt)}</time></li>`)}</ol>
      </details>
    </section>`;
  }

  async #change(changes) {
    const { current } = this.desk.talk;
    this.#isBusy = true;
    this.requestUpdate();
    const focused = document.activeElement;
    try {
      await change(current, changes);
    } catch (error) {
      if (!isToldAbove(error)) this.desk.notices.refuse(refusalOf(error));
    }
    this.#isBusy = false;
    this.requestUpdate();
    await this.updateComplete;
    if (document.activeElement === document.body) focused?.focus();
  }
}

function languageOf(tag) {
  try {
    return new Intl.DisplayNames([document.documentElement.lang], { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}

/** An address that a stranger's page told: it is shown whole, and opened without ours. */
function pageLink(address) {
  if (!URL.canParse(address)) return address;
  const { host, pathname, protocol } = new URL(address);
  if (!["https:", "http:"].includes(protocol)) return address;
  return html`<a href=${address} title=${address} target="_blank" rel="noopener noreferrer nofollow">${host}${pathname}<span class="sr">${t("talk_opens")}</span></a>`;
}

customElements.define("inbox-beside", InboxBeside);
