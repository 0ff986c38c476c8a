"""Debian's WebKitGTK, driven by its own WebKitWebDriver (WebDriver over HTTP) in a screen that nobody sees."""

from __future__ import annotations

import json
import os
import signal
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from scripts.local.errors import StackError
from scripts.local.ports import HOST, Ports
from scripts.local.process import Child
from tests.browser.engines.driver import ENTER, Driver, DriverError
from tests.browser.engines.until import until

CALLS = {
    "Navigate": ("POST", "/url"),
    "Refresh": ("POST", "/refresh"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "PerformActions": ("POST", "/actions"),
    "NewWindow": ("POST", "/window/new"),
    "SwitchToWindow": ("POST", "/window"),
    "CloseWindow": ("DELETE", "/window"),
    "GetWindowHandles": ("GET", "/window/handles"),
}
ANSWER_SECONDS = 120.0
STOP = ((signal.SIGTERM, 5.0),)
CONTROL, SHIFT = "\ue009", "\ue008"


class WebKit(Driver):
    """One MiniBrowser with its driver and an X server."""

    lacks = "is offline only by its wire, composes by GTK's own input method, has windows for tabs"
    # A new tab stays behind the first one, where it is not drawn and no click arrives.
    tab_kind = "window"

    def __init__(self, folder: Path, log: Path) -> None:
        self._home = folder
        self._screen = Child("Xvfb", log)
        self._driver = Child("WebKitWebDriver", log)
        self._session = ""
        self._port = 0
        try:
            self._start()
        except BaseException:
            self.quit()
            raise

    def _start(self) -> None:
        display = self._start_screen()
        Ports(self._home / "ports.json").start_on("WEBKIT", 0, lambda port: self._start_driver(port, display))
        options = {"binary": str(mini_browser()), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        session = self._ask("POST", "/session", {"capabilities": wanted})
        self._session = session["sessionId"]
        self.name = f"WebKitGTK {session['capabilities']['browserVersion']}"

    def _start_driver(self, port: int, display: str) -> None:
        env = {
            **os.environ,
            "DISPLAY": display, "HOME": str(self._home), "XDG_RUNTIME_DIR": str(self._home),
            "LANG": "C.UTF-8", "TZ": "Asia/Seoul", "GTK_IM_MODULE": "gtk-im-context-simple",
            "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1",
        }  # fmt: skip
        self._port = port
        self._driver.start(["WebKitWebDriver", f"--port={port}"], env=env, cwd=self._home)
        until(self._has_begun, "WebKitWebDriver listens", seconds=ANSWER_SECONDS)
        if not self._driver.is_running():
            raise StackError(f"WebKitWebDriver did not start; its log is {self._driver.log}.")

    def _start_screen(self) -> str:
        """Start an X server on a display that it finds itself, and return its name."""
        told, tells = os.pipe()
        with os.fdopen(told) as number, os.fdopen(tells, "w") as told_to:
            command = ["Xvfb", "-displayfd", str(told_to.fileno()), "-nolisten", "tcp", "-screen", "0", "1280x900x24"]
            self._screen.start(command, env=os.environ, cwd=self._home, handed_over=[told_to.fileno()])
            told_to.close()
            return f":{number.readline().strip()}"

    def _has_begun(self) -> bool:
        """Whether the driver answers, or has ended already."""
        with suppress(ConnectionError):
            self._ask("GET", "/status")
            return True
        return not self._driver.is_running()

    def command(self, name: str, **parameters: Any) -> Any:
        method, path = CALLS[name]
        return self._ask(method, f"/session/{self._session}{path}", parameters)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        connection = HTTPConnection(HOST, self._port, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, path, json.dumps(body) if method == "POST" else None)
            answer = connection.getresponse()
            value = json.loads(answer.read())["value"]
        finally:
            connection.close()
        if answer.status != 200:
            raise DriverError(f"{method} {path}: {value['error']}: {value['message']}")
        return value

    def compose(self, before: str, syllable: str) -> None:
        """GTK composes a character from its number after Ctrl+Shift+U."""
        self.type(before)
        self.press([("keyDown", CONTROL), ("keyDown", SHIFT), ("keyDown", "u")])
        self.press([("keyUp", "u"), ("keyUp", SHIFT), ("keyUp", CONTROL)])
        self.type(f"{ord(syllable):x}")
        self.type(ENTER)

    def say_offline(self, *, is_offline: bool) -> None:
        """It asks the system, which cannot be told for one program."""

    def quit(self) -> None:
        with suppress(OSError, DriverError):
            if self._session:
                self._ask("DELETE", f"/session/{self._session}")
        self._driver.stop(STOP)
        self._screen.stop(STOP)


def mini_browser() -> Path:
    """WebKit's own small browser, which stands beside its library."""
    found = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    assert found, "These tests need WebKit: install the package webkit2gtk-driver"
    return found[-1]
