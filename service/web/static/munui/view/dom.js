/**
 * Making and updating elements. Text becomes text nodes only; nothing here or elsewhere parses HTML.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] attributes; `text` for the content, `on` for listeners
 * @param {...(Node|string|null|false|undefined)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "text") element.textContent = value;
    else if (name === "on") Object.entries(value).forEach(([type, listener]) => element.addEventListener(type, listener));
    else attribute(element, name, value);
  }
  element.append(...children.filter((child) => child || child === 0));
  return element;
}

/** @param {Element} element @param {string} name @param {string|number|boolean|null|undefined} value false and null remove it */
export function attribute(element, name, value) {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value === true ? "" : value)) element.setAttribute(name, value === true ? "" : value);
}

/** @param {Element} element @param {string} text set only if it differs, so that nothing is announced twice */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const ICONS = {
  chat: "M12 3C6.8 3 2.8 6.6 2.8 11c0 2.3 1.1 4.4 2.9 5.9L5 21l4.2-2.2c.9.2 1.8.3 2.8.3 5.2 0 9.2-3.6 9.2-8.1S17.2 3 12 3Z",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  send: "M12 20V5M5.5 11 12 4.5l6.5 6.5",
  down: "M12 5v14M6 13l6 6 6-6",
  plus: "M12 5v14M5 12h14",
  check: "M5 12.5l4.5 4.5L19 7.5",
};

/** @param {keyof typeof ICONS} name @returns {SVGElement} decorative */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", class: `icon ${name}` }).forEach(([key, value]) => svg.setAttribute(key, value));
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * Makes the children of `parent` those of `items`, keeping every element whose item is still there.
 * @param {HTMLElement} parent @param {Map<string, {mark: string, node: HTMLElement, update?: (item: object) => void}>} known kept between calls
 * @param {{key: string, mark: string}[]} items @param {(item: object) => {node: HTMLElement, update?: (item: object) => void}} build
 */
export function reconcile(parent, known, items, build) {
  const keys = new Set(items.map((item) => item.key));
  for (const [key, { node }] of known) {
    if (!keys.has(key)) {
      node.remove();
      known.delete(key);
    }
  }
  let place = parent.firstChild;
  for (const item of items) {
    let entry = known.get(item.key);
    if (entry?.mark !== item.mark) {
      const made = { mark: item.mark, ...build(item) };
      if (entry) {
        if (place === entry.node) place = made.node;
        entry.node.replaceWith(made.node);
      }
      known.set(item.key, (entry = made));
    }
    entry.update?.(item);
    if (place === entry.node) place = place.nextSibling;
    else parent.insertBefore(entry.node, place);
  }
}
