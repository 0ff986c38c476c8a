/** One article, to be read inside the panel. */

import { button, h, insert, set } from "../view/dom.js";
import { icon } from "../view/icons.js";
import { proseOf } from "./prose.js";

/** @param {object} article as the service tells it, or null where there is none any more @param {{title: string, locale: string, address: string|null, ask: () => void}} way `address`: of its own page, where it can be read there @param {{locale: string, texts: object, said: object}} words @returns {HTMLElement} */
export function articleView(article, { title, locale, address, ask }, { locale: own, texts, said }) {
  const heading = h("h3", { tabindex: -1, dir: "auto", text: article?.title ?? title });
  const node = h("article", { class: "article" }, heading);
  if (locale !== own) set(node, "lang", locale);
  if (!article) {
    node.append(h("p", { class: "when", role: "status", text: said.gone }));
    return node;
  }
  const { updatedAt, body } = article;
  const date = new Intl.DateTimeFormat(own, { dateStyle: "long" }).format(new Date(updatedAt));
  const ways = h(
    "div",
    { class: "ways", lang: own },
    button({ class: "primary", onclick: ask }, icon("chat"), said.about),
    address &&
      h(
        "a",
        { class: "link", href: address, target: "_blank", rel: "noopener" },
        said.open,
        h("span", { class: "sr", text: texts.opens }),
      ),
  );
  node.append(
    h("p", { class: "when", lang: own, text: insert(said.updated, { date }) }),
    h("div", { class: "prose", dir: "auto" }, ...proseOf(body, texts.opens)),
    ways,
  );
  return node;
}
