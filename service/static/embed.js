/**
 * One line embeds the chat: <script type="module" src="https://…/embed.js" data-locale="ko"></script>
 * Each `data-…` of the script tag becomes the attribute of that name. Adds the element and nothing else to the page.
 */

import "./munui/define.js";

const here = new URL(import.meta.url);
const isMine = ({ src }) => src && new URL(src).origin === here.origin && new URL(src).pathname.endsWith("/embed.js");
const tag = [...document.querySelectorAll("script[type=module][src]")].find(isMine);

if (!document.querySelector("munui-chat")) {
  const chat = document.createElement("munui-chat");
  for (const { name, value } of tag?.attributes ?? []) {
    if (name.startsWith("data-")) chat.setAttribute(name.slice(5), value);
  }
  if (document.body) document.body.append(chat);
  else addEventListener("DOMContentLoaded", () => document.body.append(chat), { once: true });
}
