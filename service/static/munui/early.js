/**
 * What stands on the page until the bundle is here: the launcher, and calls that wait. Small, because the entry carries it.
 * Not here: what the launcher is once the chat runs (view/panel.js).
 */

import { CALLS, hasLauncher, localeOf, rise, stageOf } from "./stage.js";
import { title as en } from "./texts/en.js";
import { title as ko } from "./texts/ko.js";
import { button } from "./view/dom.js";
import { CHAT as chatIcon, drawn } from "./view/icons.js";
import { launcherStyles } from "./view/styles.js";

const NAME = "munui-chat";
const TITLES = { ko, en };

/** Makes an element of the page that is to become the chat look like it, and keep what it is asked for. @param {HTMLElement} chat */
export function prepare(chat) {
  if (customElements.get(NAME) || chat.shadowRoot) return;
  for (const name of CALLS)
    chat[name] = (...given) => customElements.whenDefined(NAME).then(() => chat[name](...given));
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
  const stage = stageOf(chat, button(look, drawn("chat", chatIcon)));
  root.append(stage);
  rise(chat, stage);
}
