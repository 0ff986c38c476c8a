"""What Firefox and WebKit have in common: the commands of the W3C's WebDriver that a walk needs. No assertions.

It has a mouse, keys, tabs and scripts; elements are found by scripts, because the chat lies in a shadow root, where
WebKit's own click says "intercepted". There is no library beneath: Selenium would bring ten packages for a dozen
commands, and needs geckodriver for Firefox, which is no package of Debian; Playwright and Puppeteer drive no installed
WebKit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

ENTER, ESCAPE, DOWN = "\ue007", "\ue00c", "\ue015"


class DriverError(Exception):
    """The engine refused a command, or its script threw."""


class Driver(ABC):
    """One running browser with one session."""

    # What it is, and in which version.
    name = ""
    # What this engine cannot be made to do, in one line; empty where nothing is missing.
    lacks = ""
    # What a new tab is.
    tab_kind = "tab"

    @abstractmethod
    def command(self, name: str, **parameters: Any) -> Any:
        """The answer to a command of WebDriver; raises DriverError."""

    @abstractmethod
    def quit(self) -> None:
        """End it and everything that it started, also after a failure."""

    @abstractmethod
    def compose(self, before: str, syllable: str) -> None:
        """Type `before`, begin a syllable with the engine's own input method, and end it by Enter."""

    @abstractmethod
    def say_offline(self, *, is_offline: bool) -> None:
        """Let the engine know that it has a network or none; nothing where it cannot be told."""

    def script(self, body: str, *arguments: Any) -> Any:
        """What the page returns for the body of a function with these `arguments`."""
        return self.command("ExecuteScript", script=body, args=list(arguments))

    def click(self, x: float, y: float) -> None:
        """Press and release the mouse at this place of the window."""
        at = {"type": "pointerMove", "duration": 0, "origin": "viewport", "x": round(x), "y": round(y)}
        press, release = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}, [at, press, release])

    def type(self, keys: str) -> None:
        """Press and release one key after another."""
        self.press([(kind, key) for key in keys for kind in ("keyDown", "keyUp")])

    def press(self, steps: list[tuple[str, str]]) -> None:
        """Press (`keyDown`) and release (`keyUp`) keys in this order."""
        self._act({"type": "key", "id": "keys"}, [{"type": kind, "value": key} for kind, key in steps])

    def _act(self, source: dict[str, Any], steps: list[dict[str, Any]]) -> None:
        self.command("PerformActions", actions=[{**source, "actions": steps}])

    def tabs(self) -> list[str]:
        """All that are open."""
        handles: list[str] = self.command("GetWindowHandles")
        return handles

    def new_tab(self) -> str:
        """Open one and go there."""
        handle: str = self.command("NewWindow", type=self.tab_kind)["handle"]
        self.switch(handle)
        return handle

    def switch(self, tab: str) -> None:
        """Go to a tab."""
        self.command("SwitchToWindow", handle=tab)

    def close_tab(self, tab: str) -> None:
        """Close it; the session is in none then."""
        self.switch(tab)
        self.command("CloseWindow")
