"""Debian's Firefox, driven as geckodriver does it (which is no package there): by Marionette, Firefox's own protocol.

Marionette has WebDriver's commands with the names and parameters of the standard, over a socket; and it lets a test use
what the browser itself uses, here the input method and the switch for working offline.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import socket
from pathlib import Path
from typing import Any

from scripts.local.ports import HOST
from scripts.local.process import Child
from tests.browser.engines.driver import Driver, DriverError
from tests.browser.engines.until import until

# Any free port; Korean; nothing is asked of the outside.
PREFERENCES = """
user_pref("marionette.port", 0);
user_pref("intl.accept_languages", "ko-KR");
user_pref("network.proxy.type", 0);
"""
ANSWER_SECONDS = 120.0
STOP = ((signal.SIGTERM, 5.0),)

COMPOSE = """
const [syllable] = arguments;
const tip = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
if (!tip.beginInputTransactionForTests(window)) throw new Error("no input method");
const enter = new KeyboardEvent("", { key: "Enter", code: "Enter", keyCode: KeyboardEvent.DOM_VK_RETURN });
tip.setPendingCompositionString(syllable);
tip.appendClauseToPendingComposition(syllable.length, tip.ATTR_RAW_CLAUSE);
tip.setCaretInPendingComposition(syllable.length);
tip.flushPendingComposition();
tip.commitComposition(enter);
"""


class Firefox(Driver):
    """One Firefox with a profile of its own."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._numbers = itertools.count(1)
        self._child = Child("Firefox", log)
        self._profile = folder
        self._socket: socket.socket | None = None
        try:
            self._start()
        except BaseException:
            self.quit()
            raise

    def _start(self) -> None:
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        assert program, "These tests need Firefox: install the package firefox-esr"
        (self._profile / "user.js").write_text(PREFERENCES, encoding="utf-8")
        command = [
            program, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access",
            "--profile", str(self._profile), "--width=1280", "--height=900",
        ]  # fmt: skip
        env = {**os.environ, "HOME": str(self._profile), "TZ": "Asia/Seoul", "MOZ_CRASHREPORTER_DISABLE": "1"}
        self._child.start(command, env=env, cwd=self._profile)
        told = self._profile / "MarionetteActivePort"
        port = until(lambda: told.exists() and told.read_text(), "Firefox listens", seconds=ANSWER_SECONDS)
        self._socket = socket.create_connection((HOST, int(port)), timeout=ANSWER_SECONDS)
        self._answers = self._socket.makefile("rb")
        self._read()
        capabilities = self.command("NewSession", capabilities={})["capabilities"]
        self.name = f"Firefox {capabilities['browserVersion']}"

    def command(self, name: str, **parameters: Any) -> Any:
        return self._ask(f"WebDriver:{name}", parameters)

    def _ask(self, name: str, parameters: dict[str, Any]) -> Any:
        assert self._socket is not None
        message = json.dumps([0, next(self._numbers), name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise DriverError(f"{name}: {error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def _read(self) -> Any:
        digits = b""
        while (one := self._answers.read(1)) != b":":
            if not one:
                raise DriverError("Firefox hung up")
            digits += one
        return json.loads(self._answers.read(int(digits)))

    def _inside(self, body: str, *arguments: Any) -> None:
        """Run a script as the browser itself."""
        self._ask("Marionette:SetContext", {"value": "chrome"})
        try:
            self.script(body, *arguments)
        finally:
            self._ask("Marionette:SetContext", {"value": "content"})

    def compose(self, before: str, syllable: str) -> None:
        self.type(before)
        self._inside(COMPOSE, syllable)

    def say_offline(self, *, is_offline: bool) -> None:
        self._inside("Services.io.offline = arguments[0]", is_offline)

    def quit(self) -> None:
        if self._socket is not None:
            self._answers.close()
            self._socket.close()
        self._child.stop(STOP)
