/** What narrows the list: a name to look for, who has it, a label, a channel. */

import { html, nothing } from "lit";
import { t } from "../texts.js";
import { View } from "./element.js";
import { icon } from "./icons.js";
import { channelName } from "./words.js";

/** After the last letter, in milliseconds. */
const TYPED = 250;

class InboxTools extends View {
  #isOpen = false;
  #typed = null;

  follows(follow) {
    follow(this.desk.inbox, "change");
    follow(this.desk.places, "change");
    follow(this.desk.channels, "change");
  }

  /** What is being typed is not touched. */
  updated() {
    const field = this.querySelector("input");
    if (document.activeElement !== field) field.value = this.desk.places.now.filters.q ?? "";
  }

  render() {
    const { filters } = this.desk.places.now;
    const set = ["assignee", "label", "channel"].filter((name) => filters[name]).length;
    return html`
      <search class="tools">
        <label class="look">
          ${icon("search")}
          <input type="search" aria-label=${t("look_for")} placeholder=${t("look_for")} maxlength="100" autocomplete="off"
            @input=${this.#type} @compositionend=${this.#type} @keydown=${this.#leave} />
        </label>
        <button type="button" class="bare" aria-expanded=${this.#isOpen || set > 0} @click=${this.#toggle}>
          ${icon("filter")}<span class="sr">${t("filters")} </span>${set ? html`<span class="badge">${set}</span>` : nothing}
        </button>
        ${this.#isOpen || set ? this.#selects(filters) : nothing}
      </search>
    `;
  }

  #selects(filters) {
    const { inbox } = this.desk;
    const people = inbox.operators.filter(({ isActive, id }) => isActive || id === filters.assignee);
    return html`<div class="selects" @pointerenter=${() => inbox.renew()} @focusin=${() => inbox.renew()}>
      ${this.#select(
        "assignee",
        filters.assignee,
        people.map(({ id, displayName }) => [id, displayName]),
      )}
      ${this.#select(
        "label",
        filters.label,
        inbox.labels.map(({ name }) => [name, name]),
      )}
      ${this.#select(
        "channel",
        filters.channel,
        this.#channels(filters).map((id) => [id, channelName(id, this.desk.channels)]),
      )}
      ${Object.keys(filters).length ? html`<button type="button" class="quiet" @click=${() => this.#go({})}>${t("filters_none")}</button>` : nothing}
    </div>`;
  }

  #select(name, value = "", options) {
    return html`<select aria-label=${t(`filter_${name}`)} @change=${({ target }) => this.#narrow(name, target.value)}>
      <option value="">${t(`filter_${name}`)}</option>
      ${options.map(([key, text]) => html`<option value=${key} ?selected=${key === value}>${text}</option>`)}
    </select>`;
  }

  #channels({ channel }) {
    const known = [...this.desk.inbox.rows.values()].map((row) => row.channel);
    return [...new Set(["web", ...(channel ? [channel] : []), ...known])];
  }

  #toggle = () => {
    this.desk.inbox.renew();
    this.#isOpen = !this.#isOpen;
    this.requestUpdate();
  };

  #type = ({ target, isComposing }) => {
    clearTimeout(this.#typed);
    // Half a syllable is no name. As it was typed: the field shows the address again as soon as the keyboard is elsewhere.
    const [q, { view }] = [target.value.trim(), this.desk.places.now];
    if (!isComposing) this.#typed = setTimeout(() => this.#isStill(view) && this.#narrow("q", q), TYPED);
  };

  /** Whether this list is shown: who has gone elsewhere is not fetched back. */
  #isStill(view) {
    const { now } = this.desk.places;
    return now.view === view && !now.page && !now.isNowhere;
  }

  #leave = ({ key, target, isComposing }) => {
    if (key === "Escape" && !isComposing) target.blur();
  };

  #narrow(name, value) {
    this.#go({ ...this.desk.places.now.filters, [name]: value });
  }

  /** The conversation stays open beside another list. */
  #go(filters) {
    const { places } = this.desk;
    const { id, view } = places.now;
    places.go(id ? places.conversation(id, { view, filters }) : places.list(view, filters), { replace: true });
  }
}

customElements.define("inbox-tools", InboxTools);
