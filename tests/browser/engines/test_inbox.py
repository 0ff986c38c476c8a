"""The main walk of the inbox in Firefox and in WebKit: what an operator does all day, by mouse and keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.browser.engines.driver import ENTER, Driver, DriverError
from tests.browser.engines.hand import Hand
from tests.browser.engines.until import until
from tests.browser.inbox.people import Customer, Person, hire
from tests.browser.inbox.talk import heard
from tests.words import a_word

READ = r"""
return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent.trim().replace(/\s+/g, " "));
"""
LISTEN = """
window.faults = [];
// A notice does not go by itself while somebody is on the way to its button.
const { setTimeout: wait } = window;
window.setTimeout = (task, time, ...rest) => wait(task, time === 6000 ? 60000 : time, ...rest);
addEventListener("error", ({ message }) => faults.push(message));
addEventListener("unhandledrejection", ({ reason }) => faults.push(String(reason)));
"""


class Desk:
    """An operator in front of the inbox, in a tab of an engine. No assertions."""

    def __init__(self, driver: Driver, url: str) -> None:
        self.driver = driver
        self.url = url
        self.tab = driver.new_tab()
        self._hand = Hand(driver)

    def finds(self, condition: str) -> bool:
        """Whether a JavaScript expression holds; not while the page is on its way to another."""
        with suppress(DriverError):
            return bool(self.driver.script(f"return {condition}"))
        return False

    def go(self, path: str) -> None:
        self.driver.command("Navigate", url=f"{self.url}{path}")
        self.driver.script(LISTEN)

    def click(self, selector: str, text: str | None = None) -> None:
        """Click in the middle of it."""
        self._hand.press(selector, text)

    def write(self, selector: str, text: str) -> None:
        self.click(selector)
        self.driver.type(text)

    def reads(self, selector: str, text: str) -> None:
        """It stands there before long."""
        until(
            lambda: any(text in one for one in self.read(selector)),
            lambda: f"{selector} has {text}: {self.read(selector)}",
        )

    def read(self, selector: str) -> list[str]:
        texts: list[str] = self.driver.script(READ, selector)
        return texts


@pytest.fixture
def customer(stack: LocalStack, server: AppServer) -> Iterator[Customer]:
    """Somebody who waits."""
    made = Customer(stack, server, f"이하나{a_word()}").say().want_person()
    yield made
    made.close()


@pytest.fixture
def person(stack: LocalStack) -> Person:
    """Somebody of the team."""
    return hire(stack, "김상담")


@pytest.fixture
def desk(engine: Driver, server: AppServer) -> Iterator[Desk]:
    """In front of the inbox, signed in by nobody."""
    (home,) = engine.tabs()
    made = Desk(engine, server.url)
    yield made
    # The next test finds the browser as this one did.
    engine.script("localStorage.clear(); document.querySelector('form.leave').submit()")
    until(lambda: made.finds("location.pathname === '/'"), "the session is over")
    engine.close_tab(made.tab)
    engine.switch(home)


def test_an_operator_answers(desk: Desk, customer: Customer, person: Person) -> None:
    desk.go("/inbox/all")
    desk.write("main [name=email]", person.member.email)
    desk.write("main [name=password]", person.member.password + ENTER)
    until(lambda: desk.finds("document.querySelector('inbox-list') !== null"), "the inbox is there")
    desk.driver.script(LISTEN)
    desk.write("input[type=search]", customer.name)
    until(lambda: desk.read(".rows .who") == [customer.name], "the name is found")
    desk.click(f"[data-id='{customer.conversation}']")
    desk.click("inbox-actions button.main", "내가 맡기")
    desk.reads(".talk-head .state", "내 상담")
    desk.write("textarea[name=reply]", "오늘 보내 드릴게요." + ENTER)
    desk.reads("li.said.operator:not(.unsent) .text", "오늘 보내 드릴게요.")
    until(lambda: heard(customer) == ["오늘 보내 드릴게요."], "the customer has it")
    desk.click("inbox-composer .mode.note")
    desk.write("textarea[name=note]", "창고에 물어봤어요.")
    desk.click("button.note-button")
    desk.reads("li.note:not(.unsent)", "창고에 물어봤어요.")
    customer.say("고맙습니다!")
    desk.reads("li.said.customer .text", "고맙습니다!")
    desk.click("inbox-actions button.end", "완료")
    desk.reads(".talk-head .state", "완료")
    desk.click(".notice button", "되돌리기")
    desk.reads(".talk-head .state", "내 상담")
    # As it is after a reload, and nothing of the team's is with the customer.
    desk.driver.command("Refresh")
    desk.reads("li.note", "창고에 물어봤어요.")
    assert heard(customer) == ["오늘 보내 드릴게요."]
    assert desk.driver.script("return window.faults ?? []") == []
