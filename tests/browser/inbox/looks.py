"""How a state of the screen looks to everybody: in the light, in the dark, and on a phone, where nothing may stick out.

A page is walked once and each of its states is looked at in every look, for a look is a switch of the browser. In the
dark nothing but colours is other than in the light.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.browser import axe
from tests.browser.inbox.screen import Screen

# Of whoever is looked at: axe may come into their pages, and nothing moves in them.
STILL: dict[str, Any] = {"bypass_csp": True, "reduced_motion": "reduce"}
_PHONE: Any = {"width": 320, "height": 568}
_SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))"


def faults(screen: Screen) -> list[str]:
    """What axe finds in any look, and where something sticks out to the side. The page is as it was afterwards."""
    page = screen.page
    found = [f"light: {fault}" for fault in _of_axe(screen)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {fault}" for fault in axe.faults(page, rules=axe.COLOURS)]
    page.emulate_media(color_scheme="light")
    if is_wide(screen):
        found.append("wider than the window")
    with on_phone(screen):
        found += faults_here(screen)
    return found


def faults_here(screen: Screen) -> list[str]:
    """The same of the look that the page has at this moment."""
    return [*_of_axe(screen), *(["wider than the window"] if is_wide(screen) else [])]


@contextmanager
def on_phone(screen: Screen) -> Iterator[None]:
    """With a small window and a finger for a while."""
    page = screen.page
    before = page.viewport_size
    assert before
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.set_viewport_size(_PHONE)
    page.evaluate(_SETTLED)
    yield
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    touch.detach()
    page.set_viewport_size(before)
    page.evaluate(_SETTLED)


def is_wide(screen: Screen) -> bool:
    """Whether anything sticks out to the side."""
    return bool(screen.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def _of_axe(screen: Screen) -> list[str]:
    if not screen.page.evaluate("'axe' in window"):
        screen.page.add_script_tag(path=axe.AXE)
    return axe.faults(screen.page)
