/**
 * Text with its web addresses made into links. Only http and https, opened apart from the host page and without its address.
 */

import { h } from "./dom.js";

const ADDRESS = /https?:\/\/[^\s<>"'`\u3000]+/gi;
const TRAILING = /[.,!?:;\u3001\u3002\u2026]+$/;

/** @param {string} text @param {string} hint for screen readers @returns {(Node|string)[]} */
export function linked(text, hint) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = tidy(match[0]);
    if (!isWeb(address)) continue;
    parts.push(text.slice(end, match.index), link(address, hint));
    end = match.index + address.length;
  }
  return [...parts, text.slice(end)].filter((part) => part !== "");
}

/** Without the punctuation of the sentence around it; a closing bracket belongs to it only if it was opened in it. */
function tidy(address) {
  let tidied = address.replace(TRAILING, "");
  while (/[)\]]$/.test(tidied) && !balanced(tidied)) tidied = tidied.slice(0, -1).replace(TRAILING, "");
  return tidied;
}

const count = (text, char) => text.split(char).length;
const balanced = (text) => count(text, "(") >= count(text, ")") && count(text, "[") >= count(text, "]");

function isWeb(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

function link(address, hint) {
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow" }, address, h("span", { class: "sr", text: ` ${hint}` }));
}
