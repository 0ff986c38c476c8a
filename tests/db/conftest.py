"""What tests of the database need besides the stack: a superuser who commits, and two members with a conversation."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.db.chats import add_conversation, everything
from tests.db.desk import Desk
from tests.stack import Member, connect


@pytest.fixture
def root(stack: LocalStack) -> Iterator[Connection[Any]]:
    """A superuser's connection that commits each statement, so that PostgREST sees what it wrote."""
    with connect(stack, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """Somebody, the same for a whole file: each test begins conversations of its own."""
    return new_member()


@pytest.fixture(scope="module")
def stranger(new_member: Callable[[], Member]) -> Member:
    """Somebody else."""
    return new_member()


@pytest.fixture
def conversation(root: Connection[Any], member: Member) -> str:
    """An open conversation of `member` that holds nothing yet."""
    return add_conversation(root, member.id)


@pytest.fixture
def foreign_conversation(root: Connection[Any], stranger: Member) -> str:
    """An open conversation of `stranger`."""
    return add_conversation(root, stranger.id)


@pytest.fixture
def desk(service_rest: httpx.Client) -> Desk:
    """The functions for operators, as the service calls them."""
    return Desk(service_rest)


@pytest.fixture
def nothing_changes(root: Connection[Any]) -> Callable[[], AbstractContextManager[None]]:
    """A block after which every row of every table must be as it was before."""

    @contextmanager
    def block() -> Iterator[None]:
        before = everything(root)
        yield
        assert everything(root) == before

    return block
