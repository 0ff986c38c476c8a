/**
 * What stands on the page until the bundle is here: the launcher, and calls that wait. Small, because the entry carries it.
 * Not here: what the launcher is once the chat runs (view/panel.js).
 */

import { launcherStyles } from "./styles.js";
import { title as en } from "./texts/en.js";
import { title as ko } from "./texts/ko.js";
import { button, icon } from "./view/dom.js";

const NAME = "munui-chat";
/** What a page may call. The class takes these over when it comes. */
export const CALLS = ["open", "close", "toggle", "signIn", "signOut"];

/** The language of an element's texts. @param {Element} chat @returns {"ko"|"en"} */
export const localeOf = (chat) => (/^ko/i.test(chat.getAttribute("locale") || document.documentElement.lang || navigator.language) ? "ko" : "en");

/** Makes an element that is to become the chat look like it, and keep what it is asked for. @param {HTMLElement} chat */
export function prepare(chat) {
  if (customElements.get(NAME)) return;
  for (const name of CALLS) chat[name] = () => customElements.whenDefined(NAME).then(() => chat[name]());
  const root = chat.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [launcherStyles()];
  if (chat.getAttribute("layout") === "inline") return;
  const locale = localeOf(chat);
  const open = ({ currentTarget }) => {
    currentTarget.setAttribute("aria-busy", "true");
    chat.open();
  };
  root.append(button({ class: "launcher", lang: locale, "aria-expanded": "false", "aria-label": { ko, en }[locale], onclick: open }, icon("chat")));
}

/** Fetches the bundle, and goes on trying for a minute: a page is often opened just before the network is back. */
export async function fetchBundle(address, tried = 0) {
  try {
    await import(tried ? `${address}?again=${tried}` : address); // browsers remember that an address failed
  } catch (error) {
    if (!(error instanceof TypeError) || tried > 5) throw error;
    setTimeout(fetchBundle, 1000 * 2 ** tried, address, tried + 1);
  }
}
