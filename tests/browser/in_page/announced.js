// What a screen reader is told in the banners, and what the eyes see there.
() => {
  const live = document.querySelector("munui-chat").shadowRoot.querySelector("[role=status]");
  const heard = () => {
    const copy = live.cloneNode(true);
    copy.querySelectorAll("[aria-hidden=true]").forEach((one) => one.remove());
    return copy.textContent.trim();
  };
  window.announced = [];
  window.counted = new Set();
  new MutationObserver(() => {
    window.counted.add(live.textContent);
    if (window.announced.at(-1) !== heard()) window.announced.push(heard());
  }).observe(live, { childList: true, subtree: true, characterData: true });
};
