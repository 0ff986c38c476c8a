/** Who answers: the name, picture and colour that the page gave the bot, or a person. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** @param {Element} chat whose attributes say it @param {object} texts @returns {{name: string, picture: string|null, isNamed: boolean}} */
export function botOf(chat, texts) {
  const name = chat.getAttribute("bot-name")?.trim();
  return { name: name || texts.bot, isNamed: Boolean(name), picture: chat.getAttribute("bot-picture") };
}

/** @param {{name: string, avatarUrl: string|null}|null} someone of the team, as the service tells of them */
export const personOf = (someone, texts) => ({
  name: someone?.name ?? texts.agent,
  picture: someone?.avatarUrl ?? null,
  isNamed: true,
});

/** Its picture; where there is none, or none comes, its first letter; without a name a face. */
export function avatar({ name, picture, isNamed }) {
  const face = isNamed ? h("b", { text: [...name][0] }) : icon("bot");
  const image = picture && h("img", { src: picture, alt: "", onerror: () => image.replaceWith(face) });
  return h("span", { class: "avatar", "aria-hidden": "true" }, image || face);
}

/** Into the look of everything in the stage. A word that is no colour counts as none. */
export function paint(stage, colour) {
  if (colour && CSS.supports("color", colour)) stage.style.setProperty("--munui-bot", colour);
}
