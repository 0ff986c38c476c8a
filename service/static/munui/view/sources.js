/** Where an answer is from: its articles open here, and as links on a page of their own for who wants that. */

import { h, set } from "./dom.js";
import { icon } from "./icons.js";

/** @param {{title: string, slug: string, locale: string, quote?: string}[]} sources `quote`: the words that the answer stands on, where it has its own @param {object} context of the panel */
export const sourcesView = (sources, context) =>
  h(
    "ul",
    { class: "sources", "aria-label": context.texts.sources },
    ...sources.map((one) =>
      h("li", {}, link(one, context), one.quote && h("q", { class: "quote", dir: "auto", text: one.quote })),
    ),
  );

function link(source, { chat, locale }) {
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a tab or window of their own
    event.preventDefault();
    chat.help.show(source);
  };
  const node = h(
    "a",
    {
      class: "source",
      href: chat.help.address(source),
      target: "_blank",
      rel: "noopener",
      onclick: open,
      "data-article": source.slug,
    },
    icon("page"),
    h("span", { dir: "auto", text: source.title }),
  );
  set(node, "lang", source.locale === locale ? null : source.locale);
  return node;
}
