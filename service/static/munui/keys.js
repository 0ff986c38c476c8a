/**
 * No key that is typed in the chat reaches the page. A page's hotkeys spare inputs, but what happens in a shadow tree
 * seems to come from the element around it, which is none: "s" would jump to the page's search.
 */

const KEYS = ["keydown", "keypress", "keyup"];
const CLIPBOARD = ["copy", "cut", "paste"];

/** Keeps keys in the shadow tree, where our own listeners hear them. @param {HTMLElement} element @param {AbortSignal} signal */
export function keepKeys(element, signal) {
  const keep = (event) => {
    const [target] = event.composedPath();
    if (!element.shadowRoot.contains(target)) return;
    event.stopImmediatePropagation();
    // A plain event: a copied key would press a button once more in WebKit, and leaves the shadow tree in Firefox.
    const copy = new Event(event.type, { bubbles: true, cancelable: true });
    for (const name in event) if (!(name in copy)) copy[name] = event[name]; // an event has its properties from its class
    if (!target.dispatchEvent(copy)) event.preventDefault();
  };
  // At the window, on the way down: later the page's own listeners would have heard it.
  KEYS.forEach((name) => addEventListener(name, keep, { capture: true, signal }));
  CLIPBOARD.forEach((name) =>
    element.shadowRoot.addEventListener(name, (event) => event.stopPropagation(), { signal }),
  );
}
