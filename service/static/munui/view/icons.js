/** Pictures of one line each, in the colour of the text around them. Not here: pictures of people (bot.js). */

import { set } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
/** Of the launcher. By itself, because the entry carries no other. */
export const CHAT =
  "M12 3C6.8 3 2.8 6.6 2.8 11c0 2.3 1.1 4.4 2.9 5.9L5 21l4.2-2.2c.9.2 1.8.3 2.8.3 5.2 0 9.2-3.6 9.2-8.1S17.2 3 12 3Z";
const PATHS = {
  chat: CHAT,
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  send: "M12 20V5M5.5 11 12 4.5l6.5 6.5",
  down: "M12 5v14M6 13l6 6 6-6",
  plus: "M12 5v14M5 12h14",
  // Who answers, where neither picture nor name was set.
  bot: "M12 4v3M6 7.5h12a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 17v-7A2.5 2.5 0 0 1 6 7.5ZM8.5 12v1.2M15.5 12v1.2M9.5 16.2h5",
  // A conversation that goes on.
  lines: "M5 7.5h14M5 12h14M5 16.5h8",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.8-4 3.9-6 7.5-6s6.7 2 7.5 6",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15ZM10 20.8h4",
  alert: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM12 8v4.5M12 16v.2",
  check: "M5 12.5l4.5 4.5L19 7.5",
  // An article of the help.
  page: "M6 3.5h8l4 4v13H6ZM14 3.5v4h4M9 12h6M9 16h6",
};

/** One of them by its name. @param {keyof typeof PATHS} name */
export const icon = (name) => drawn(name, PATHS[name]);

/** @param {string} name what sheets know it under @param {string} line what is drawn, as `d` of a path */
export function drawn(name, line) {
  const svg = document.createElementNS(SVG, "svg");
  const path = svg.appendChild(document.createElementNS(SVG, "path"));
  set(svg, "viewBox", "0 0 24 24");
  set(svg, "aria-hidden", "true");
  set(svg, "class", `icon icon-${name}`);
  set(path, "d", line);
  return svg;
}
