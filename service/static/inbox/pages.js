/** The pages beside lists and conversations: each is loaded when somebody goes there. A line a page, a block a subject. */

import { places } from "./places.js";

/** Before the first place is shown. */
export function registerPages() {
  places.register("shortcuts", () => import("./view/shortcuts-page.js"), {
    label: "page_shortcuts",
    group: "settings",
  });
}
