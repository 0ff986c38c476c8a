/**
 * How the element stands on the page, by its attributes and by what the page says: language, side, layer; what the page
 * may call. The same before the bundle is here (early.js) and after.
 */

import { h } from "./view/dom.js";

/** What a page may call. The class takes these over when it comes. */
export const CALLS = ["open", "close", "toggle", "signIn", "signOut", "setAttributes"];

/** The language of its texts. @param {Element} chat @returns {"ko"|"en"} */
export const localeOf = (chat) =>
  /^ko/i.test(chat.getAttribute("locale") || document.documentElement.lang || navigator.language) ? "ko" : "en";

export const isInline = (chat) => chat.getAttribute("layout") === "inline";

/** Whether the chat has a button of its own; a page that has one calls `open()` or `toggle()`. */
export const hasLauncher = (chat) => !isInline(chat) && chat.getAttribute("launcher") !== "none";

/** The end is where lines end on this page, which says so by `dir`. The chat's own lines are Korean or English. */
function isLeft(chat) {
  const isReversed = (document.dir || document.body?.dir) === "rtl";
  return isReversed !== (chat.getAttribute("position") === "start");
}

/** What holds everything that the element shows. @param {Element} chat @param {...Element} children */
export function stageOf(chat, ...children) {
  const look = {
    class: isLeft(chat) ? "stage left" : "stage",
    lang: localeOf(chat),
    popover: !isInline(chat) && "manual",
  };
  return h("div", look, ...children);
}

/** Into the browser's top layer, which no stacking, clipping or transform of the page reaches. */
export function rise(chat, stage) {
  if (chat.isConnected && stage?.popover) stage.showPopover();
}
