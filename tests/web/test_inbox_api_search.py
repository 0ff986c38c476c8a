"""The search over HTTP: what a worker took up is found, marked in a text that is nothing but text, page by page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.inbox.search.work import work_of
from service.jobs.worker import Worker
from service.supabase.clients import Upstream
from tests.stack import Member, connect
from tests.web.apps import stack_settings
from tests.web.chat import Api, Chat, new_id, through_app
from tests.web.desk import Desk, add_operator
from tests.words import a_korean_word
from tests.working import hand_driven


@pytest.fixture
def word() -> str:
    """A word that nobody else writes."""
    return a_korean_word()


@pytest.fixture(scope="module")
def operator(stack: LocalStack, new_member: Callable[[], Member]) -> Member:
    member = new_member()
    with connect(stack, autocommit=True) as db:
        add_operator(db, member)
    return member


@pytest.fixture
def desk(app: Flask, operator: Member) -> Desk:
    return Desk(through_app(app), operator.access_token)


@pytest.fixture
def chat(api: Api) -> Chat:
    return api.begin()


@pytest.fixture
def worker(stack: LocalStack, root: Connection[Any]) -> Iterator[Worker]:
    """A worker of the search alone, for whom it is time."""
    upstream = Upstream.from_settings(stack_settings(stack))
    root.execute("update public.chat_ticks set due_at = now() where name in ('search', 'search_words')")
    with hand_driven(stack, work_of(upstream)) as driven:
        yield driven
    upstream.close()


def say(chat: Chat, text: str) -> str:
    """Write, as a customer does; the id of the message."""
    return str(chat.write(text).messages[0]["id"])


def test_what_a_customer_wrote_is_found_once_a_worker_came_by(
    desk: Desk, chat: Chat, worker: Worker, word: str
) -> None:
    message = say(chat, f"<b>{word}</b> & 주문")
    assert desk.inbox("GET", "/search", q=word).body["hits"] == []
    assert worker.drain() >= 1
    found = desk.inbox("GET", "/search", q=word)
    assert found.status == 200
    (hit,) = found.body["hits"]
    assert hit["kind"] == "message"
    assert hit["messageId"] == message
    assert hit["conversationId"] == chat.id
    assert hit["snippet"] == f"&lt;b&gt;<mark>{word}</mark>&lt;/b&gt; &amp; 주문"
    assert hit["saidBy"] == "customer"
    assert hit["createdAt"].endswith("Z")
    assert found.body["nextCursor"] is None
    assert found.body["index"]["isComplete"] is True
    # The place that it has in its conversation.
    page = desk.said(chat.id, before=str(int(hit["cursor"]) + 1)).body["messages"]
    assert page[-1]["id"] == message


@pytest.mark.parametrize("sort", ["newest", "best"])
def test_pages_follow_each_other(desk: Desk, chat: Chat, worker: Worker, word: str, sort: str) -> None:
    said = [say(chat, f"{word} {number}") for number in range(5)]
    worker.drain()
    found, cursor = [], {}
    for _ in range(3):
        page = desk.inbox("GET", "/search", q=word, sort=sort, limit=2, **{"from": "customer"}, **cursor).body
        found += [hit["messageId"] for hit in page["hits"]]
        cursor = {"cursor": page["nextCursor"]}
    assert found == said[::-1]
    assert cursor == {"cursor": None}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sort", "oldest"), ("kind", "page"), ("status", "gone"), ("has", "nothing"), ("from", "nobody"),
        ("after", "yesterday"), ("after", "2026-13-01"), ("before", "2026-01-01T00:00:00"), ("limit", "0"),
        ("limit", "201"), ("cursor", "?"), ("cursor", "e30="),
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(desk: Desk, name: str, value: str) -> None:
    answer = desk.inbox("GET", "/search", q="환불", **{name: value})
    assert answer.refusal == (422, "invalid")
    assert [error["field"] for error in answer.body["errors"]] == [name]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"shares": "x"},
        {"shares": [2]},
        {"shares": [-1]},
        {"shares": [1] * 65},
        {"score": float("nan")},
        {"as_of": "now"},
    ],
)
def test_a_cursor_of_the_best_is_one_of_ours(desk: Desk, told: dict[str, Any]) -> None:
    at = "2026-01-01T00:00:00+00:00"
    place = {"at": at, "id": new_id(), "as_of": at, "score": 1, "shares": [0.5], **told}
    if not told:
        del place["shares"]
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    assert desk.inbox("GET", "/search", q="환불", sort="best", cursor=cursor).refusal == (422, "invalid")


@pytest.mark.parametrize("shares", [[], [0.5], [1.0] * 64, [0.0] * 64])
def test_a_forged_cursor_finds_no_more_and_breaks_nothing(desk: Desk, shares: list[float]) -> None:
    at = "2026-01-01T00:00:00+00:00"
    place = {"at": at, "id": new_id(), "as_of": at, "score": 1e300, "shares": shares}
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    assert desk.inbox("GET", "/search", q="환불 요청", sort="best", cursor=cursor).status == 200


@pytest.mark.parametrize(
    "query",
    ["", " ", "\x00", "\ud800", "'", "\\", ":*", "!&|()<->", "%_", "가" * 5000, "👩‍👩‍👧", "\u202e환불", "a" * 3000],
)
def test_any_input_is_answered(desk: Desk, query: str) -> None:
    for sort in ("newest", "best"):
        text = query.encode("utf-8", "replace").decode()
        assert desk.inbox("GET", "/search", q=text, sort=sort).status == 200
