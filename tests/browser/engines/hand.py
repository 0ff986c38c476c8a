"""A hand with a mouse in whichever engine: it presses what was meant, or nothing. No assertions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.engines.driver import Driver
from tests.browser.engines.until import until

# Where the middle of the first such part is that one sees, whether it lies still, and whether one hits it there.
PLACE = """
const [selector, text, before, isPress] = arguments;
const root = %(root)s;
const isIt = (one) => one.checkVisibility() && !one.disabled && (text === null || one.textContent.trim() === text);
const one = [...(root?.querySelectorAll(selector) ?? [])].find(isIt);
if (!one) return null;
one.scrollIntoView({ block: "nearest" });
const { x, y, width, height } = one.getBoundingClientRect();
const place = [x + width / 2, y + height / 2];
const isMoving = ({ playState, effect }) => playState === "running" && effect.target.contains(one);
const isStill = !root.getAnimations().some(isMoving) && before?.join() === place.join();
const hit = root.elementFromPoint(...place);
const isHit = one.contains(hit);
if (isPress && isStill && isHit) window.aim = { one, isMet: true, isOver: false };
return { place, isStill, isHit, hit: hit?.outerHTML.slice(0, 80) };
"""
# What a press hits instead of its aim hears nothing of it, as in Playwright: between looking and pressing the page may
# move everything.
WATCH = """
if (window.isWatched) return;
window.isWatched = true;
const watch = (event) => {
  const { aim } = window;
  if (!aim || aim.isOver) return;
  aim.isMet &&= aim.one.contains(event.composedPath()[0]);
  if (!aim.isMet) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  const end = () => { aim.isOver = true; };
  // A click on a label is followed by one on its control.
  if (event.type === "click") end();
  // What was pressed may be gone: then there is no click.
  if (event.type === "mouseup") setTimeout(end);
};
for (const kind of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]) addEventListener(kind, watch, true);
"""


class Hand:
    """Finds parts of a page by selector and text, and presses them."""

    def __init__(self, driver: Driver, root: str = "document", told: Callable[[str], str] = lambda _: "") -> None:
        """`root`: what the parts lie in, as JavaScript; `told`: what else to tell where there is none of a selector."""
        self.driver = driver
        self._place = PLACE % {"root": root}
        self._told = told

    def place(self, selector: str, text: str | None = None, *, is_press: bool = False) -> tuple[float, float]:
        """Where the first such part lies, with exactly this text: visible, enabled, still, and not covered."""
        last: dict[str, Any] = {}

        def lies() -> bool:
            found = self.driver.script(self._place, selector, text, last.get("place"), is_press)
            last.clear()
            last.update(found or {})
            return bool(found and found["isStill"] and found["isHit"])

        until(lies, lambda: f"one can hit {selector} {text or ''}: {last}; {self._told(selector)}")
        x, y = last["place"]
        return x, y

    def press(self, selector: str, text: str | None = None) -> None:
        """Click in the middle of it, again where it moved away from under the mouse."""

        def meets() -> bool:
            self.driver.script(WATCH)
            self.driver.click(*self.place(selector, text, is_press=True))
            until(lambda: self.driver.script("return window.aim.isOver"), "a press arrives at the page")
            return bool(self.driver.script("return window.aim.isMet"))

        until(meets, lambda: f"{selector} {text or ''} is pressed")
