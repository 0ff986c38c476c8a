/**
 * What stands on the page until the bundle is here: the launcher, and calls that wait. Small, because the entry carries it.
 * Not here: what the launcher is once the chat runs (view/panel.js).
 */

import { hasLauncher, localeOf, rise, stageOf } from "./stage.js";
import { launcherStyles } from "./styles.js";
import { title as en } from "./texts/en.js";
import { title as ko } from "./texts/ko.js";
import { button, icon } from "./view/dom.js";

const NAME = "munui-chat";
const TITLES = { ko, en };
const MOST_TRIES = 6;
/** What a page may call. The class takes these over when it comes. */
export const CALLS = ["open", "close", "toggle", "signIn", "signOut"];

/** Makes an element of the page that is to become the chat look like it, and keep what it is asked for. @param {HTMLElement} chat */
export function prepare(chat) {
  if (customElements.get(NAME) || chat.shadowRoot) return;
  for (const name of CALLS) chat[name] = () => customElements.whenDefined(NAME).then(() => chat[name]());
  const root = chat.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [launcherStyles()];
  if (hasLauncher(chat)) draw(chat, root);
}

function draw(chat, root) {
  const open = ({ currentTarget }) => {
    currentTarget.setAttribute("aria-busy", "true");
    chat.open();
  };
  const look = { class: "launcher", "aria-expanded": "false", "aria-label": TITLES[localeOf(chat)], onclick: open };
  const stage = stageOf(chat, button(look, icon("chat")));
  root.append(stage);
  rise(chat, stage);
}

/** Fetches the bundle, and goes on trying for a minute: a page is often opened just before the network is back. */
export async function fetchBundle(address, tried = 0) {
  try {
    await import(tried ? `${address}?again=${tried}` : address); // browsers remember that an address failed
  } catch (error) {
    if (!(error instanceof TypeError) || tried === MOST_TRIES) throw error;
    setTimeout(fetchBundle, 1000 * 2 ** tried, address, tried + 1);
  }
}
