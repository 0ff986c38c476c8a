/** What narrows the search: who said it, when, in which conversations. Chips that open a list each. */

import { html, nothing } from "lit";
import { t } from "../../texts.js";
import { channelName } from "../words.js";

const FROM = ["customer", "operator", "bot"];
const KINDS = ["message", "note", "inquiry", "contact"];
const STATUSES = ["open", "completed"];
const HAS = ["note", "inquiry", "rating", "label"];
const FILTERS = ["from", "kind", "after", "before", "status", "channel", "label", "has"];
const DAY = 86_400_000;
/** Days until today. */
const SPANS = [1, 7, 30, 90, 365];

/** What an address looks for: `q`, `sort` and those filters that are set. @param {URLSearchParams} query @param {number} longest */
export function queryOf(query, longest) {
  const set = FILTERS.map((name) => [name, query.get(name)]).filter(([, value]) => value);
  return {
    q: (query.get("q") ?? "").trim().slice(0, longest),
    sort: query.get("sort") === "best" ? "best" : "",
    ...Object.fromEntries(set),
  };
}

export const isNarrowed = (filters) => FILTERS.some((name) => filters[name]);

/** @param {object} filters @param {object} desk @param {(name: string, value: string) => void} narrow */
export function chips(filters, desk, narrow) {
  const { inbox, channels } = desk;
  const words = (group, names) => names.map((name) => [name, t(`search_${group}_${name}`)]);
  const people = inbox.operators.filter(({ isActive, id }) => isActive || id === filters.from);
  const known = [...inbox.rows.values()].map(({ channel }) => channel);
  const places = [...new Set(["web", ...known, ...(filters.channel ? [filters.channel] : [])])];
  const select = (name, options) => selectView(name, filters[name] ?? "", options, narrow);
  return html`
    ${select("from", [...words("from", FROM), ...people.map(({ id, displayName }) => [id, displayName])])}
    ${select("after", spans(filters.after))}
    ${select("kind", words("kind", KINDS))}
    ${select("status", words("status", STATUSES))}
    ${select("has", words("has", HAS))}
    ${
      inbox.labels.length
        ? select(
            "label",
            inbox.labels.map(({ name }) => [name, name]),
          )
        : nothing
    }
    ${
      places.length > 1
        ? select(
            "channel",
            places.map((id) => [id, channelName(id, channels)]),
          )
        : nothing
    }`;
}

function selectView(name, value, options, narrow) {
  const isKnown = !value || options.some(([key]) => key === value);
  const all = isKnown ? options : [...options, [value, value]];
  return html`<select class="chip" aria-label=${t(`search_${name}`)} ?data-set=${Boolean(value)} @change=${({ target }) => narrow(name, target.value)}>
    <option value="" ?selected=${!value}>${t(`search_${name}`)}</option>
    ${all.map(([key, text]) => html`<option value=${key} ?selected=${key === value}>${text}</option>`)}
  </select>`;
}

/** Days from which on, by how long ago they are; another day that the address names stays. */
function spans(now) {
  const options = SPANS.map((days) => [dayBefore(days), t("search_days", { n: days })]);
  return now && !options.some(([day]) => day === now) ? [...options, [now, t("search_since", { day: now })]] : options;
}

/** The day so many days ago, as its name in a calendar. */
function dayBefore(days) {
  const then = new Date(Date.now() - days * DAY);
  return [then.getFullYear(), then.getMonth() + 1, then.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
}
