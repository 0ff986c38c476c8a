"""What tests of jobs and webhooks need: an admin, a receiver, a worker that is driven by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.app import create_app
from service.http.context import part_of
from service.jobs.worker import Worker
from service.supabase.clients import Upstream
from tests.db.chats import add_conversation, add_message
from tests.jobs.receiving import Receiver, receiving
from tests.stack import Member, connect
from tests.web.apps import stack_settings
from tests.web.chat import through_app
from tests.web.desk import Desk, add_operator
from tests.working import hand_driven


@pytest.fixture
def root(stack: LocalStack) -> Iterator[Connection[Any]]:
    """A superuser's connection that commits each statement."""
    with connect(stack, autocommit=True) as connection:
        yield connection


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Somebody who is told."""
    with receiving() as running:
        yield running


@pytest.fixture(scope="module")
def app(stack: LocalStack) -> Iterator[Flask]:
    """The app, which lets webhooks be sent to this machine."""
    made = create_app(stack_settings(stack, webhook_allow_private=True))
    yield made
    part_of(made, Upstream).close()


@pytest.fixture(scope="module")
def boss(stack: LocalStack, new_member: Callable[[], Member]) -> Member:
    """An admin's account."""
    member = new_member()
    with connect(stack, autocommit=True) as db:
        add_operator(db, member, "admin")
    return member


@pytest.fixture(scope="module")
def admin(app: Flask, boss: Member) -> Desk:
    """The API as an admin calls it."""
    return Desk(through_app(app), boss.access_token)


@pytest.fixture
def upstream(stack: LocalStack) -> Iterator[Upstream]:
    """What a worker asks, for who does its steps one by one."""
    made = Upstream.from_settings(stack_settings(stack))
    yield made
    made.close()


@pytest.fixture
def worker(stack: LocalStack, root: Connection[Any]) -> Iterator[Worker]:
    """A worker that does what is due when it is told to. Webhooks are tried again at once, twice."""
    with hand_driven(stack, webhook_allow_private=True, webhook_repeats="0,0") as driven:
        # What other tests left.
        root.execute("delete from public.chat_jobs")
        yield driven


@dataclass(frozen=True)
class Hook:
    """A webhook, and its secret."""

    id: str
    secret: str
    admin: Desk

    def deliveries(self) -> list[dict[str, Any]]:
        """What was sent to it, newest first."""
        found: list[dict[str, Any]] = self.admin.inbox("GET", f"/webhooks/{self.id}/deliveries").body["deliveries"]
        return found

    def row(self) -> dict[str, Any]:
        """The webhook itself, as it is now."""
        rows = self.admin.inbox("GET", "/webhooks").body["webhooks"]
        return next(row for row in rows if row["id"] == self.id)


@pytest.fixture
def hook(admin: Desk, receiver: Receiver) -> Iterator[Hook]:
    """A webhook that is told of messages."""
    made = admin.inbox("POST", "/webhooks", {"url": receiver.url, "types": ["message.created"]})
    assert made.status == 201
    yield Hook(made.body["id"], made.body["secret"], admin)
    admin.inbox("DELETE", f"/webhooks/{made.body['id']}")


@dataclass(frozen=True)
class Place:
    """A conversation, to write into past every service."""

    db: Connection[Any]
    owner: str
    id: str

    def say(self, count: int = 1) -> None:
        """Have the bot say something, so many times, in one transaction."""
        self.db.execute(
            "insert into public.chat_messages (conversation_id, user_id, role, kind, content)"
            " select %s, %s, 'bot', 'text', n::text from generate_series(1, %s) n",
            [self.id, self.owner, count],
        )

    def write(self, **columns: Any) -> dict[str, Any]:
        """Add one message."""
        return add_message(self.db, self.owner, self.id, **columns)


@pytest.fixture
def place(root: Connection[Any], member: Member) -> Place:
    """A conversation of `member`."""
    return Place(root, member.id, add_conversation(root, member.id))
