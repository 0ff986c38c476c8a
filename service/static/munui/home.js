/**
 * Where the embedded element lives: beside the body, not in it. Many sites swap their body for that of the next page
 * (Turbo and its like), and what a page says to its body (transforms, filters) would move the chat with it.
 */

/** Puts the element into the page, and back when the whole document is swapped. Who removes it alone means it. @param {Element} chat */
export function settle(chat) {
  const root = () => document.documentElement;
  const watch = new MutationObserver((records) => {
    const removed = records.flatMap((record) => [...record.removedNodes]);
    if (chat.isConnected || !root()) return;
    if (removed.includes(chat) && !removed.some(({ localName }) => localName === "body")) return watch.disconnect();
    move();
  });
  const move = () => {
    // A page that was written down and written again holds a copy of us that nobody asked for.
    document.querySelectorAll("munui-chat[embedded]").forEach((copy) => copy.remove());
    root().append(chat);
    watch.disconnect();
    watch.observe(document, { childList: true });
    watch.observe(root(), { childList: true });
  };
  chat.toggleAttribute("embedded", true);
  move();
}
