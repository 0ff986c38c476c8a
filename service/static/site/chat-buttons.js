/**
 * Buttons of the page that open, close or toggle the chat: `data-chat` names the method.
 */

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-chat]");
  if (button) document.querySelector("munui-chat")?.[button.dataset.chat]?.();
});
