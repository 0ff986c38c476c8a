"""Somebody in front of a page with the chat, in whichever engine: what they do and what they see. No assertions.

Playwright's `Visitor` does the same for Chromium, with everything that its devtools can do. A walker has a mouse, keys,
tabs and eyes: what a test says by them holds in every engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.browser.engines.driver import DOWN, Driver
from tests.browser.engines.hand import Hand
from tests.browser.engines.until import until
from tests.browser.visitor import INQUIRY
from tests.stack import Member

# What the parts of the chat lie in.
ROOT = 'document.querySelector("munui-chat")?.shadowRoot'
READ = """
const root = document.querySelector("munui-chat")?.shadowRoot;
const all = [...(root?.querySelectorAll(arguments[0]) ?? [])];
return all.filter((one) => one.checkVisibility()).map((one) => one.textContent);
"""
FIELD = """
const root = document.querySelector("munui-chat").shadowRoot;
const label = [...root.querySelectorAll("form.card label")].find((one) => one.textContent === arguments[0]);
const control = root.getElementById(label.htmlFor);
return { isFocused: root.activeElement === control, value: control.value };
"""
# What else is told where something does not come.
TROUBLE = ".banner, .fault, .meta, form.card button"
LISTEN = """
window.faults = [];
addEventListener("error", ({ message }) => faults.push(message));
addEventListener("unhandledrejection", ({ reason }) => faults.push(String(reason)));
"""


class Walker:
    """One tab of an engine."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.tab = driver.new_tab()
        self._hand = Hand(driver, ROOT, lambda selector: f"one reads {self.read(f'{selector}, {TROUBLE}')}")

    def look(self) -> Walker:
        """Bring this tab to the front."""
        self.driver.switch(self.tab)
        until(lambda: self.driver.script("return document.visibilityState") == "visible", "the tab is in front")
        return self

    def go(self, url: str, member: Member | None = None, **attributes: str) -> Walker:
        """To a host's page with these attributes of the script tag; as a member if the host knows them."""
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        self.driver.command("Navigate", url=f"{origin}/empty")
        if member is not None:
            self.driver.script("sessionStorage.setItem('token', arguments[0])", member.access_token)
        self.driver.command("Navigate", url=f"{url}?{urlencode(attributes)}" if attributes else url)
        return self._arrived()

    def reload(self) -> Walker:
        """The same page again."""
        self.driver.command("Refresh")
        return self._arrived()

    def _arrived(self) -> Walker:
        self.driver.script(LISTEN)
        self.place(".launcher")
        return self

    def begin(self, url: str, member: Member | None = None, **attributes: str) -> Walker:
        """Go there and open the panel."""
        return self.go(url, member, **attributes).open()

    def open(self) -> Walker:
        """The panel, with its first chips."""
        self.click(".launcher")
        self.place(".chip")
        return self

    def place(self, selector: str, text: str | None = None) -> tuple[float, float]:
        """Where the first such part lies, with exactly this text: visible, still, and not covered."""
        return self._hand.place(selector, text)

    def click(self, selector: str, text: str | None = None) -> None:
        """Click in the middle of it."""
        self._hand.press(selector, text)

    def chip(self, label: str) -> None:
        """Click the chip with this label."""
        self.click(".chip", label)

    def write(self, text: str) -> None:
        """Type it into the input, without Enter."""
        self.click(".input")
        self.driver.type(text)

    def fill_form(self) -> None:
        """Everything that the inquiry form wants: a click on a label leads to its field."""
        for label, text in INQUIRY.items():
            self._enter(label, text)
            until(lambda text=text, label=label: self._field(label)["value"] == text, f"{label} is written")
        self._enter("문의 유형", DOWN)
        until(lambda: self._field("문의 유형")["value"], "a topic is chosen")
        self.click("form.card .checkbox label")
        until(lambda: self.part("form.card .checkbox input", "one.checked"), "it is agreed")

    def _enter(self, label: str, keys: str) -> None:
        self.click("form.card label", label)
        until(lambda: self._field(label)["isFocused"], f"the focus is in {label}")
        self.driver.type(keys)

    def _field(self, label: str) -> dict[str, Any]:
        field: dict[str, Any] = self.driver.script(FIELD, label)
        return field

    def part(self, selector: str, expression: str) -> Any:
        """What a JavaScript expression says of the first such part, called `one`; None where there is none."""
        return self.driver.script(
            f"""const root = document.querySelector("munui-chat").shadowRoot;
                const one = root.querySelector(arguments[0]); return one ? ({expression}) : null""",
            selector,
        )

    def is_at(self, selector: str) -> None:
        """Wait until the keyboard is there."""
        until(lambda: self.part(selector, "root.activeElement === one"), f"the keyboard is at {selector}")

    def read(self, selector: str) -> list[str]:
        """The texts of all such parts that one sees."""
        texts: list[str] = self.driver.script(READ, selector)
        return texts

    def says(self) -> list[str]:
        """What stands in the log: the texts of bubbles and notices, in order."""
        return [text.split(": ", 1)[1] for text in self.read(".bubble, .notice")]

    def mine(self) -> list[str]:
        """What of it I said."""
        return [text.split(": ", 1)[1] for text in self.read(".row.user .bubble")]

    def hears(self, text: str) -> None:
        """Wait until this is part of what stands in the log."""
        until(lambda: any(text in said for said in self.says()), lambda: f"{text} is said: {self.says()}")

    def sees(self, selector: str, texts: Iterable[str]) -> None:
        """Wait until these parts say exactly this."""
        wanted = list(texts)
        until(lambda: self.read(selector) == wanted, lambda: f"{selector} reads {wanted}: {self.read(selector)}")

    def heard(self, name: str) -> list[Any]:
        """The details of the events of this name that reached the host page."""
        return [detail for kind, detail in self.driver.script("return window.heard") if kind == name]

    def faults(self) -> list[str]:
        """What the page threw."""
        faults: list[str] = self.driver.script("return window.faults ?? []")
        return faults
