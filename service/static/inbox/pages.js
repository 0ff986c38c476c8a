/** The pages beside lists and conversations: each is loaded when somebody goes there. A line a page, a block a subject. */

import { places } from "./places.js";

/** Before the first place is shown. */
export function registerPages() {
  const work = { group: "work" };
  places.register("search", () => import("./view/search/page.js"), { ...work, label: "page_search" });
  places.register("inquiries", () => import("./view/inquiries.js"), { ...work, label: "page_inquiries" });
  places.register("today", () => import("./view/today.js"), { ...work, label: "page_today" });
  places.register("figures", () => import("./view/figures/page.js"), { ...work, label: "page_figures" });
  places.register("articles", () => import("./view/articles/page.js"), { ...work, label: "page_articles" });
  places.register("answers", () => import("./view/assistant/answers.js"), { ...work, label: "page_answers" });

  const settings = { group: "settings" };
  places.register("settings/team", () => import("./view/settings/team.js"), { ...settings, label: "page_team" });
  places.register("settings/hours", () => import("./view/settings/hours.js"), { ...settings, label: "page_hours" });
  places.register("settings/labels", () => import("./view/settings/labels.js"), { ...settings, label: "page_labels" });
  places.register("settings/replies", () => import("./view/settings/replies.js"), {
    ...settings,
    label: "page_replies",
  });
  places.register("settings/assistant", () => import("./view/settings/assistant.js"), {
    ...settings,
    label: "page_assistant",
  });
  const admins = { ...settings, right: "configure" };
  places.register("settings/rules", () => import("./view/settings/rules.js"), { ...admins, label: "page_rules" });
  places.register("settings/webhooks", () => import("./view/settings/webhooks.js"), {
    ...admins,
    label: "page_webhooks",
  });
  places.register("settings/channels", () => import("./view/settings/channels.js"), {
    ...admins,
    label: "page_channels",
  });
  places.register("settings/jobs", () => import("./view/settings/jobs.js"), { ...admins, label: "page_jobs" });
  places.register("audit", () => import("./view/audit.js"), { ...admins, label: "page_audit" });

  places.register("alerts", () => import("./view/alerts-page.js"), { label: "page_alerts", group: "settings" });
  places.register("shortcuts", () => import("./view/shortcuts-page.js"), {
    label: "page_shortcuts",
    group: "settings",
  });
}
