"""Two operators, and customers who write by the API; one stack and one browser for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.browser.inbox.people import Customer, Person, Team, hire
from tests.browser.inbox.screen import Screen
from tests.words import a_word

NewScreen = Callable[..., Screen]
NewCustomer = Callable[..., Customer]


@pytest.fixture(scope="module")
def agent(stack: LocalStack) -> Person:
    """Somebody who answers."""
    return hire(stack, "김상담")


@pytest.fixture(scope="module")
def admin(stack: LocalStack) -> Person:
    """Somebody who answers, and may configure."""
    return hire(stack, "박관리", "admin")


@pytest.fixture(scope="module")
def team(server: AppServer, admin: Person) -> Iterator[Team]:
    """What the admin does elsewhere."""
    made = Team(server, admin)
    yield made
    made.close()


@pytest.fixture(scope="module")
def agents(server: AppServer, agent: Person) -> Iterator[Team]:
    """What the API tells the one who looks at the screen."""
    made = Team(server, agent)
    yield made
    made.close()


@pytest.fixture
def label(team: Team) -> str:
    """A label of this test alone: lists that are narrowed to it hold what the test made."""
    name = f"시험-{a_word()}"
    team.ask("POST", "/labels", name=name, color="#1a7f5a")
    return name


@pytest.fixture
def new_customer(stack: LocalStack, server: AppServer, team: Team, label: str) -> Iterator[NewCustomer]:
    """A function that brings a customer with this test's label."""
    made: list[Customer] = []

    def make(name: str | None = None, *, says: str = "배송이 언제 오나요?", waits: bool = True) -> Customer:
        customer = Customer(stack, server, name).say(says)
        if waits:
            customer.want_person()
        team.change(customer, addLabels=[label])
        made.append(customer)
        return customer

    yield make
    for customer in made:
        customer.close()


@pytest.fixture
def new_screen(server: AppServer, new_context: Callable[..., BrowserContext], agent: Person) -> Iterator[NewScreen]:
    """A function that puts an operator in front of the inbox; `context` for a second tab of the same browser."""
    made: list[Screen] = []

    def make(person: Person | None = agent, context: BrowserContext | None = None, **options: Any) -> Screen:
        sized = {"viewport": {"width": 1440, "height": 800}, **options}
        screen = Screen((context or new_context(**sized)).new_page(), server.url)
        if person is not None and context is None:
            screen.sign_in(person)
        made.append(screen)
        return screen

    yield make
    assert [fault for screen in made for fault in screen.faults] == []
