/**
 * The look as sheets, constructed, because inline styles are not allowed under a strict content security policy. What is in
 * them stands in looks/.
 */

import { LAUNCHER } from "./looks/launcher.js";
import { PANEL } from "./looks/panel.js";

/** A sheet that is made when it is first asked for, and shared by all elements of the page. */
function shared(css) {
  let sheet = null;
  return () => {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css());
    }
    return sheet;
  };
}

// Marked as pure, so that the entry carries only the half that it uses.
/** @type {() => CSSStyleSheet} */
export const launcherStyles = /* @__PURE__ */ shared(() => LAUNCHER);

/** @type {() => CSSStyleSheet} */
export const styles = /* @__PURE__ */ shared(() => LAUNCHER + PANEL);
