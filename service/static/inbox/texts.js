/** What the screen says, in the language of its page. The texts come as a file of their own: `texts/<language>/<subject>.js`. */

let table = {};
/** The language, as `<html lang>` names it. */
export let locale = "ko";

/** Before anything is shown. @param {string} language @param {Record<string, string>} texts */
export function speak(language, texts) {
  locale = language;
  table = texts;
}

/** The text of a key, with `{names}` filled in. A key that is none is shown as it is, for who sees it to tell. */
export function t(key, values = {}) {
  return (table[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Of a code that the service refused with: its sentence, or the one for all others. */
export const problemText = ({ code }) => table[`problem_${code}`] ?? t("problem_internal");
