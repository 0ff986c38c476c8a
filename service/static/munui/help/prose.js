/** The text of an article, which the service has taken apart: elements by name, with what stands in them. No markup is parsed here. */

import { h, unseen } from "../view/dom.js";

/** What may stand in an article; anything else stays its words. */
const KNOWN = new Set(
  "p h2 h3 h4 h5 h6 ul ol li blockquote pre code strong em s table thead tbody tr th td br hr a".split(" "),
);
const SAFE = /^(?:https?:\/\/|mailto:)/i;

/** @param {(string|{tag: string, href?: string, start?: number, children?: object[]})[]} parts @param {string} opens said of links, which open apart @returns {(Node|string)[]} */
export const proseOf = (parts, opens) => parts.map((part) => (typeof part === "string" ? part : element(part, opens)));

/** Headings stand one level lower: under the title of the article, which is under that of the panel. */
const below = (tag) => tag.replace(/^h([2-5])$/, (_, level) => `h${Number(level) + 1}`);

function element({ tag, href, start, children = [] }, opens) {
  const inner = proseOf(children, opens);
  if (tag === "a" && SAFE.test(href ?? ""))
    return h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...inner, unseen(opens));
  if (!KNOWN.has(tag) || tag === "a") return h("span", {}, ...inner);
  const node = h(below(tag), { start: tag === "ol" && start }, ...inner);
  // A wide table moves by itself, not with the page; so it takes the focus, for the keys that move it.
  return tag === "table" ? h("div", { class: "wide", tabindex: 0 }, node) : node;
}
