/** A snippet of the service, HTML with nothing but `<mark>`, as the text that it says: it is written as text again. Pure. */

const SIGNS = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&#34;": '"', "&#39;": "'" };

/** @param {string} snippet @returns {{text: string, isMarked: boolean}[]} */
export const marked = (snippet) =>
  snippet
    .split(/<\/?mark>/)
    .map((part, place) => ({
      text: part.replace(/&(?:lt|gt|amp|#34|#39);/g, (sign) => SIGNS[sign]),
      isMarked: place % 2 === 1,
    }))
    .filter(({ text }) => text);
