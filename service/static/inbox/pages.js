/** The pages beside lists and conversations: each is loaded when somebody goes there. A line a page, a block a subject. */

import { places } from "./places.js";

/** Before the first place is shown. */
export function registerPages() {
  places.register("inquiries", () => import("./view/inquiries.js"), { label: "page_inquiries", group: "work" });
  places.register("today", () => import("./view/today.js"), { label: "page_today", group: "work" });

  places.register("settings/team", () => import("./view/settings/team.js"), { label: "page_team", group: "settings" });
  places.register("settings/hours", () => import("./view/settings/hours.js"), {
    label: "page_hours",
    group: "settings",
  });
  places.register("settings/labels", () => import("./view/settings/labels.js"), {
    label: "page_labels",
    group: "settings",
  });
  places.register("settings/replies", () => import("./view/settings/replies.js"), {
    label: "page_replies",
    group: "settings",
  });
  places.register("audit", () => import("./view/audit.js"), {
    label: "page_audit",
    group: "settings",
    right: "configure",
  });

  places.register("shortcuts", () => import("./view/shortcuts-page.js"), {
    label: "page_shortcuts",
    group: "settings",
  });
}
