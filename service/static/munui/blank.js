/**
 * Which characters show nothing. The list is `service/core/blank.py`'s; it stands here once more because the composer sends
 * before the page knows any flow, and `tests/unit/test_text.py` holds the two together.
 */

// In hexadecimal, from the first to the last.
const RANGES =
  "0-20 7f-a0 ad 34f 61c 115f-1160 1680 17b4-17b5 180b-180f 2000-200f 2028-202f 205f-206f 2800 3000 3164 fe00-fe0f feff ffa0 fff0-fffb 13430-1343f 1bca0-1bca3 1d159 1d173-1d17a e0000-e0fff";

const VISIBLE = new RegExp(`[^${RANGES.replace(/[^- ]+/g, "\\u{$&}").replaceAll(" ", "")}]`, "u");

/** @param {string} text @returns {boolean} whether it shows nothing at all */
export const isBlank = (text) => !VISIBLE.test(text);
