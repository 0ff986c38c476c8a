/**
 * One line embeds the chat: <script type="module" src="https://…/embed.js" data-locale="ko"></script>
 * Each `data-…` of the script tag becomes the attribute of that name. Adds the element and nothing else to the page.
 */

import { prepare } from "./munui/early.js";
import { fetched, textsIn } from "./munui/fetched.js";
import { settle } from "./munui/home.js";
import { localeOf } from "./munui/stage.js";

const here = new URL(import.meta.url);
// A page may hold tags whose address is none ("http://"); they are not ours, and not our fault.
const isMine = ({ src }) =>
  URL.canParse(src) && new URL(src).origin === here.origin && new URL(src).pathname.endsWith("/embed.js");
const tag = [...document.querySelectorAll("script[type=module][src]")].find(isMine);

fetched(new URL(CHAT, here).href); // whose name changes with it; put in when this is built

let chat = document.querySelector("munui-chat");
if (!chat) {
  chat = document.createElement("munui-chat");
  for (const { name, value } of tag?.attributes ?? []) {
    if (name.startsWith("data-")) chat.setAttribute(name.slice(5), value);
  }
  settle(chat);
}
textsIn(localeOf(chat)); // beside the bundle, which would ask for them only when it is here
prepare(chat);
