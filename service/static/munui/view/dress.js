/** Looks that come later than the others, with the file that needs them. */

/** @param {string} css @returns {(root: ShadowRoot) => void} brings it to where it is needed, once */
export function lateLook(css) {
  let sheet = null;
  return (root) => {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
    }
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  };
}
