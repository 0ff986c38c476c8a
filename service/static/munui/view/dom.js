/** Elements, made and kept; times in them. Text becomes text nodes only: nothing here or elsewhere parses HTML. */

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
