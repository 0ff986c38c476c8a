/** Addresses in what people write. A link ends where the address ends; what ends it otherwise is tests/js/links.json. */

import { h, unseen } from "./dom.js";

// A host may be Hangul, but what follows its last label is a particle; Hangul top level domains are few enough to name.
const HOST = String.raw`(?:[^\s/@]+@)?(?:\[[\da-f:.]+\]|(?:[\p{L}\p{M}\p{N}_-]+\.)*(?:[a-z\d-]+|(?!\p{sc=Hang})[\p{L}\p{M}]+|한국|닷컴|닷넷|삼성))(?::\d+)?`;
// Hangul begins a word of a path; right after a Latin letter or digit it is a particle, unless the word goes on behind it.
const REST = [
  String.raw`(?!\]\()[\w\-.~%!$&*+,;=:@/?#()[\]]`,
  String.raw`(?<=[/?=&#_+(\-]|[^\x00-\x7f])\p{sc=Hang}`,
  String.raw`(?<=[a-z\d])\p{sc=Hang}+(?=[_-][\p{L}\p{N}])`,
  String.raw`(?!\p{sc=Hang})[\p{L}\p{M}\p{N}]`,
].join("|");
const ADDRESS = new RegExp(`(https?://${HOST}(?:[/?#](?:${REST})*)?)`, "iu");

/** @param {string} text @returns {string[]} in turn what is none and what is an address */
export function addressesIn(text) {
  const parts = text.split(ADDRESS);
  for (let at = 1; at < parts.length; at += 2) {
    const address = tidy(parts[at]);
    parts[at + 1] = parts[at].slice(address.length) + parts[at + 1];
    parts[at] = address;
  }
  return parts;
}

/** A text whose http and https addresses are links, opened apart from the host page and without its address. */
export const linked = (text, hint) =>
  addressesIn(text).map((part, index) =>
    index % 2 && URL.canParse(part)
      ? h("a", { href: part, target: "_blank", rel: "noopener noreferrer nofollow" }, part, unseen(hint))
      : part,
  );

/** Without the punctuation of the sentence around it; a closing bracket belongs to it if it was opened in it. */
function tidy(address) {
  const tidied = address.replace(/[.,!?:;*~]+$/, "");
  const [open, close] = { ")": ["(", ")"], "]": ["[", "]"] }[tidied.at(-1)] ?? [];
  return close && tidied.split(close).length > tidied.split(open).length ? tidy(tidied.slice(0, -1)) : tidied;
}
