"""The conversation that is open on an operator's screen: where things are in it. No assertions."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.inbox.people import Customer
from tests.browser.inbox.screen import Screen


class Talk:
    """One conversation in one tab."""

    def __init__(self, screen: Screen, customer: Customer) -> None:
        self.screen = screen
        self.page = screen.page
        self.customer = customer

    def open(self) -> Talk:
        """By its address."""
        self.screen.go(f"/c/{self.customer.conversation}")
        expect(self.page.locator("inbox-composer")).to_be_attached()
        return self

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def state(self) -> Locator:
        """Who has it, and until when it sleeps."""
        return self.page.locator(".talk-head .state")

    @property
    def reply(self) -> Locator:
        return self.page.locator("textarea[name=reply]")

    @property
    def note(self) -> Locator:
        return self.page.locator("textarea[name=note]")

    @property
    def notes(self) -> Locator:
        """Notes, as the service has them."""
        return self.log.locator("li.note:not(.unsent)")

    @property
    def mine(self) -> Locator:
        """What operators said, as the service has it: what is not sent yet stands in the same log (`unsent`)."""
        return self.log.locator("li.said.operator:not(.unsent) .text")

    @property
    def unsent(self) -> Locator:
        return self.log.locator("li.unsent")

    @property
    def fault(self) -> Locator:
        """What was refused over the whole screen."""
        return self.page.locator(".notice.fault")

    @property
    def said(self) -> Locator:
        return self.page.locator(".notice.said")

    def button(self, name: str) -> Locator:
        """A button of the conversation, by all of its name."""
        return self.page.locator("inbox-conversation").get_by_role("button", name=name, exact=True)

    def undo(self) -> Locator:
        """What takes back what was done last. It would go by itself, but not while the keyboard is there."""
        button = self.said.get_by_role("button", name="되돌리기")
        button.focus()
        return button

    def mode(self, name: str) -> None:
        """To the field for a reply, or for a note."""
        self.page.locator(f"inbox-composer .mode.{name}").click()

    def write(self, text: str) -> None:
        """Into the reply."""
        self.mode("reply")
        self.reply.fill(text)

    def send(self, text: str) -> None:
        """Write and send a reply."""
        self.write(text)
        self.reply.press("Enter")

    def add_note(self, text: str) -> None:
        """Write and keep a note."""
        self.mode("note")
        self.note.fill(text)
        self.note.press("Alt+Enter")


def heard(customer: Customer) -> list[str]:
    """What the customer can read that people of the team wrote."""
    return [one["content"] for one in _of_people(customer)]


def writers(customer: Customer) -> list[str]:
    """Who wrote it, as the customer reads it."""
    return [one["author"]["name"] for one in _of_people(customer)]


def _of_people(customer: Customer) -> list[Any]:
    page = customer._ask("GET", f"/conversations/{customer.conversation}/messages?limit=200")
    return [one for one in page["messages"] if one["author"]]
