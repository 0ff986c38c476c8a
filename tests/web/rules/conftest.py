"""An admin who keeps rules, and a customer whose conversations they are about."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from tests.db.chats import add_row
from tests.stack import Member, connect
from tests.web.chat import Api, Chat, through_app
from tests.web.desk import Desk, add_operator
from tests.web.rules.keeping import Rules, rules_of
from tests.words import a_word


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One customer for all of these tests."""
    return new_member()


@pytest.fixture(scope="module")
def team(stack: LocalStack, new_member: Callable[[], Member]) -> dict[str, tuple[Member, str]]:
    """Account and id of an admin and of an agent."""
    with connect(stack, autocommit=True) as db:
        accounts = {role: new_member() for role in ("admin", "agent")}
        return {role: (one, add_operator(db, one, role)) for role, one in accounts.items()}


@pytest.fixture
def desk(app: Flask, team: dict[str, tuple[Member, str]]) -> Desk:
    """The admin's screen."""
    return Desk(through_app(app), team["admin"][0].access_token)


@pytest.fixture
def rules(stack: LocalStack, app: Flask, desk: Desk, root: Connection[Any]) -> Iterator[Rules]:
    with rules_of(stack, app, desk, root) as made:
        yield made


@pytest.fixture
def chat(api: Api) -> Chat:
    return api.begin()


@pytest.fixture
def label(root: Connection[Any]) -> str:
    return str(add_row(root, "chat_labels", {"name": f"라벨 {a_word()}"})["name"])
