/** Elements, made and kept; times in them. Text becomes text nodes only: nothing here or elsewhere parses HTML. */

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  chat: "M12 3C6.8 3 2.8 6.6 2.8 11c0 2.3 1.1 4.4 2.9 5.9L5 21l4.2-2.2c.9.2 1.8.3 2.8.3 5.2 0 9.2-3.6 9.2-8.1S17.2 3 12 3Z",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  send: "M12 20V5M5.5 11 12 4.5l6.5 6.5",
  down: "M12 5v14M6 13l6 6 6-6",
  plus: "M12 5v14M5 12h14",
  // Who answers, where neither picture nor name was set.
  bot: "M12 4v3M6 7.5h12a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 17v-7A2.5 2.5 0 0 1 6 7.5ZM8.5 12v1.2M15.5 12v1.2M9.5 16.2h5",
  // A conversation that goes on.
  lines: "M5 7.5h14M5 12h14M5 16.5h8",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.8-4 3.9-6 7.5-6s6.7 2 7.5 6",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15ZM10 20.8h4",
  alert: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 8v4.5M12 16v.2",
  check: "M5 12.5l4.5 4.5L19 7.5",
};

/**
 * An element. `props` are attributes; `text` is the content, `onclick` and the like are listeners.
 * @param {string} tag @param {Record<string, any>} [props] @param {...(Node|string|null|undefined|false)} children @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  if (props.text) element.textContent = props.text;
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name !== "text") set(element, name, value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

export const button = (props, ...children) => h("button", { type: "button", ...props }, ...children);

/** Only for screen readers. */
export const unseen = (text) => h("span", { class: "sr", text });

/** Sets an attribute, or removes it for null, undefined and false. Every class is a part too, for host pages to style. */
export function set(element, name, value) {
  if (name === "class") set(element, "part", value);
  if (value === false || value == null) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : value);
}

/** Set only if it differs, so that nothing is announced twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = svg.appendChild(document.createElementNS(SVG, "path"));
  set(svg, "viewBox", "0 0 24 24");
  set(svg, "aria-hidden", "true");
  set(svg, "class", `icon icon-${name}`);
  set(path, "d", ICONS[name]);
  return svg;
}

/** A text with its {names} filled in. */
export const insert = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** The element that has the focus, wherever `node` is. */
export const focused = (node) => node.getRootNode().activeElement;

/**
 * Makes the children of `parent` those of `items`. An element stays as long as its item has the same `key` and `mark`; an
 * item that is the same in all its values is left alone, unless it is `isLive`.
 * @param {Map<string, object>} known kept between calls @param {(item: object) => {node: HTMLElement, update?: (item: object) => void}} build
 */
export function reconcile(parent, known, items, build) {
  const keys = new Set(items.map((item) => item.key));
  for (const [key, { node }] of known) {
    if (keys.has(key)) continue;
    node.remove();
    known.delete(key);
  }
  let place = parent.firstChild;
  for (const item of items) {
    let entry = known.get(item.key);
    if (!entry || entry.mark !== item.mark) {
      const made = { ...build(item), mark: item.mark };
      if (entry && place === entry.node) place = made.node;
      entry?.node.replaceWith(made.node);
      entry = made;
      known.set(item.key, entry);
    }
    if (item.isLive || !isSame(item, entry.item)) entry.update?.(item);
    entry.item = item;
    if (place === entry.node) place = place.nextSibling;
    else parent.insertBefore(entry.node, place);
  }
}

const isSame = (one, other) => Boolean(other) && Object.keys(one).every((name) => one[name] === other[name]);

/** The day in the visitor's own calendar. */
export const dayOf = (at) => new Date(at).toDateString();

export const clock = (at, locale) => written(at, locale, "clock");

export const dayName = (at, locale, today) => (isToday(at) ? today : written(at, locale, "day"));

export const brief = (at, locale) => written(at, locale, isToday(at) ? "clock" : "date");

/** A day that comes, in a word or two; nothing for today. */
export function shortDay(at, locale) {
  if (isToday(at)) return "";
  const isTomorrow = dayOf(at) === dayOf(Date.now() + 86_400_000);
  return isTomorrow
    ? new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(1, "day")
    : written(at, locale, "date");
}

const isToday = (at) => dayOf(at) === dayOf(Date.now());

const FORMATS = {
  clock: { hour: "numeric", minute: "2-digit" },
  day: { dateStyle: "full" },
  date: { month: "short", day: "numeric" },
};
const made = {};

/** To make a format costs more than a hundred uses of it. */
function written(at, locale, kind) {
  made[kind + locale] ??= new Intl.DateTimeFormat(locale, FORMATS[kind]);
  return made[kind + locale].format(new Date(at));
}
