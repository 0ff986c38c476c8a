/** Small pictures, drawn with the colour of the text beside them. A word stands beside each, or is its button's name. */

import { html } from "lit";

const DRAWN = {
  waiting: "M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  mine: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4-6 8-6s7 2 8 6",
  unassigned: "M10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM3 20c1-4 3-6 7-6 1 0 2 0 3 .4M19 14v6M16 17h6",
  open: "M4 5h16v11H9l-5 4z",
  bot: "M5 9h14v10H5zM12 9V5M9 13v2M15 13v2M12 5a1 1 0 1 0 0-2",
  snoozed: "M20 14A8 8 0 1 1 10 4a7 7 0 0 0 10 10z",
  completed: "M4 12l5 5L20 6",
  all: "M3 13h5l2 3h4l2-3h5M5 5h14l2 8v6H3v-6z",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
  back: "M15 5l-7 7 7 7",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
  keyboard: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
  filter: "M4 6h16M7 12h10M10 18h4",
  label: "M4 4h8l8 8-8 8-8-8zM8 8h.01",
  settings: "M4 8h10M18 8h2M4 16h2M10 16h10M16 8a2 2 0 1 0 0-.01M8 16a2 2 0 1 0 0-.01",
  work: "M4 20V10M10 20V4M16 20v-7M22 20H2",
  down: "M6 9l6 6 6-6",
  up: "M6 15l6-6 6 6",
  send: "M4 12l16-8-6 16-3-7z",
  note: "M5 4h14v10l-5 6H5zM14 20v-6h5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4-6 8-6s7 2 8 6",
  blocked: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM6 6l12 12",
};

/** @param {keyof typeof DRAWN} name */
export const icon = (name) =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${DRAWN[name]} /></svg>`;
