"""What tests of worded answers need: a stand-in for a model's endpoint, and ways to ask it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.jobs.worker import Worker
from service.knowledge.generative.endpoint import Endpoint
from tests.ai.standin import KEY, MODEL, StandIn, standing_in
from tests.ai.worded import WORDED, Talk, settings_of, told_to
from tests.concurrency import PATIENCE
from tests.db.articles import an_article
from tests.stack import Member, connect
from tests.web.apps import NOBODY
from tests.web.chat import Api, through_app
from tests.web.conftest import running_app
from tests.working import hand_driven


@pytest.fixture
def standin() -> Iterator[StandIn]:
    """A model that answers from what it is given."""
    with standing_in() as running:
        yield running


@pytest.fixture
def endpoint(standin: StandIn) -> Iterator[Endpoint]:
    """The way to it."""
    made = Endpoint(f"{standin.url}/v1", MODEL, KEY, timeout=PATIENCE)
    yield made
    made.close()


@pytest.fixture
def soon() -> Callable[[float], float]:
    """So many seconds from now, on the clock that answers are asked by."""
    return lambda seconds=PATIENCE: time.monotonic() + seconds


@pytest.fixture
def root(stack: LocalStack) -> Iterator[Connection[Any]]:
    """A superuser's connection that commits each statement."""
    with connect(stack, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def app(stack: LocalStack) -> Iterator[Flask]:
    """The app, which only knows that there is a model: asking it is the workers' business."""
    with running_app(stack, ai_base_url=NOBODY, ai_model=MODEL) as made:
        yield made


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all tests of a file: each begins conversations of its own."""
    return new_member()


@pytest.fixture(scope="module")
def article(stack: LocalStack) -> Iterator[dict[str, Any]]:
    """The one article that answers QUESTION."""
    with connect(stack, autocommit=True) as db, an_article(db, text=WORDED) as made:
        yield made


@pytest.fixture
def worker(stack: LocalStack, standin: StandIn, root: Connection[Any]) -> Iterator[Worker]:
    """A worker that asks the stand-in when it is told to work."""
    with hand_driven(stack, **settings_of(standin)) as driven:
        # What other tests left.
        root.execute("delete from public.chat_jobs")
        root.execute("delete from public.kb_spending where day < '2500-01-01'")
        yield driven


@pytest.fixture
def talk(app: Flask, member: Member, worker: Worker, root: Connection[Any], article: dict[str, Any]) -> Iterator[Talk]:
    """A conversation of `member`, whose questions a model words the answers to."""
    with told_to(root):
        yield Talk(Api(through_app(app), member.access_token).begin(), worker, root)
