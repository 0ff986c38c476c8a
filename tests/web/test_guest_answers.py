"""Guests ask: one call, what is published for all, and an import that writes what the named version said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from tests.db.articles import (
    ABOUT_SECOND,
    QUESTION,
    SECOND,
    TEXT,
    TITLE,
    UNKNOWN,
    an_article,
    answers_of,
    told,
    write_article,
)
from tests.db.chats import messages_of
from tests.stack import Member, connect
from tests.web.apps import stack_app
from tests.web.chat import Answer, Api, through_app
from tests.web.proxy import Passed, Proxy


@pytest.fixture(scope="module")
def article(stack: LocalStack) -> Iterator[dict[str, Any]]:
    """The one article that answers QUESTION."""
    with connect(stack, autocommit=True) as db, an_article(db) as made:
        yield made


@pytest.fixture
def guest(app: Flask) -> Api:
    """The API as nobody calls it."""
    return Api(through_app(app), None)


def ask(api: Api, question: str = QUESTION, locale: str = "ko") -> Answer:
    return api.call("POST", "/answers", {"question": question, "locale": locale})


def test_a_guest_is_answered_by_one_request(
    proxied_app: Flask, proxy: Proxy, article: dict[str, Any], root: Connection[Any]
) -> None:
    with proxy.watch() as seen:
        answer = ask(Api(through_app(proxied_app), None))
    assert (answer.status, seen) == (200, [Passed("service", "rpc/kb_ask")])
    assert (answer.body["answer"]["text"], answer.body["locale"], answer.body["mode"]) == (TEXT, "ko", "extractive")
    (source,) = answer.body["answer"]["sources"]
    assert (source["articleId"], source["version"], source["title"]) == (article["id"], article["version"], TITLE)
    assert root.execute("select count(*) from public.kb_answers").fetchone() == (0,)


@pytest.mark.parametrize(
    ("question", "columns", "settings"),
    [
        (UNKNOWN, {}, {}),
        (ABOUT_SECOND, {"audience": "members"}, {}),
        (ABOUT_SECOND, {"status": "draft"}, {}),
        (ABOUT_SECOND, {}, {"forbidden_topics": ["백로눈썹 붓"]}),
        (ABOUT_SECOND, {}, {"mode": "off"}),
    ],
    ids=["unknown", "for members", "draft", "forbidden", "off"],
)
def test_a_guest_is_told_nothing_else(
    guest: Api, root: Connection[Any], question: str, columns: dict[str, Any], settings: dict[str, Any]
) -> None:
    root.execute("delete from public.kb_misses")
    with an_article(root, **SECOND, **columns), told(root, **settings):
        answer = ask(guest, question)
    assert (answer.status, answer.body["answer"]) == (200, None)
    assert answer.body["mode"] == settings.get("mode", "extractive")
    missed = root.execute("select asked from public.kb_misses where question = %s", [question]).fetchone()
    assert missed == (None if settings else (1,))


def test_the_language_is_the_questions(guest: Api) -> None:
    said = {
        question: ask(guest, question).body["locale"] for question in ("How long do you keep it?", "E-4012", UNKNOWN)
    }
    assert list(said.values()) == ["en", "ko", "ko"]
    assert ask(guest, "E-4012", "en").body["locale"] == "en"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["question", "locale"]),
        ({"question": " ", "locale": "ko"}, ["question"]),
        ({"question": "가" * 4001, "locale": "ja"}, ["question", "locale"]),
        ({"question": "가\u0000", "locale": "ko", "audience": "members"}, ["question", "audience"]),
    ],
)
def test_what_is_no_question_is_refused(guest: Api, body: dict[str, Any], fields: list[str]) -> None:
    refused = guest.call("POST", "/answers", body)
    assert refused.refusal == (422, "invalid")
    assert sorted(fault["field"] for fault in refused.body["errors"]) == sorted(fields)


def test_who_may_ask_and_how_often(stack: LocalStack) -> None:
    app = stack_app(stack, rate_limit_member=2)
    foreign = Api(through_app(app), None, Origin="https://else.example")
    assert ask(foreign).refusal == (403, "origin_not_allowed")
    guest = Api(through_app(app), None)
    assert [ask(guest, UNKNOWN).status for _ in range(3)] == [200, 200, 429]


# --- the way into an account ------------------------------------------------------------------------------------------


class Browser:
    """A guest's browser: events, and the ids that it derives."""

    def __init__(self, api: Api) -> None:
        self.id, self.events = str(uuid4()), []
        self.version = api.call("GET", "/flow").body["version"]

    def does(self, **event: Any) -> str:
        self.events.append({"clientMessageId": str(uuid4()), "event": event})
        return str(self.events[-1]["clientMessageId"])

    def asks(self, question: str, source: dict[str, Any] | None, locale: str = "ko") -> str:
        named = source and {name: source[name] for name in ("articleId", "version", "place")}
        return self.does(type="text", content=question, answered={"locale": locale, "source": named})

    def clicks(self, turn: str, chip_id: str) -> None:
        self.does(type="chip", messageId=str(uuid5(UUID(self.id), f"{turn}/0")), chipId=chip_id)

    def bring(self, member: Api) -> Answer:
        one = {"clientConversationId": self.id, "flowVersion": self.version, "events": self.events}
        return member.call("POST", "/import", {"conversations": [one]})


@pytest.fixture
def member(new_member: Callable[[], Member]) -> Member:
    return new_member()


def test_an_import_writes_what_the_named_version_said(guest: Api, api: Api, root: Connection[Any]) -> None:
    with an_article(root, **SECOND) as made:
        source = ask(guest, ABOUT_SECOND).body["answer"]["sources"][0]
        browser = Browser(guest)
        browser.clicks(browser.asks(ABOUT_SECOND, source), "helpful_yes")
        browser.asks(UNKNOWN, None)
        # Edited since: what was said is what was said.
        write_article(root, made["id"], text="이제는 다르게 보관해요.")
        brought = browser.bring(api)
        assert (brought.status, brought.body["rejected"]) == (201, [])
        key = brought.body["conversations"][0]["id"]
        rows = [row for row in messages_of(root, key) if row["role"] == "bot" and row["kind"] == "chips"]
        held = [row for row in rows if "sources" in row["payload"]]
        assert [row["content"] for row in held] == [SECOND["text"]]
        assert (held[0]["payload"]["sources"][0]["version"], held[0]["answer"]["chip_id"]) == (1, "helpful_yes")
        kept = answers_of(root, key)
        assert [(one["outcome"], one["helpful"]) for one in kept] == [("answered", True), ("unknown", None)]
        assert browser.bring(api).status == 201
        assert answers_of(root, key) == kept


@pytest.mark.parametrize("claim", ["withdrawn", "of no article", "of no version", "of no place", "for members"])
def test_what_a_browser_claims_is_not_believed(guest: Api, api: Api, root: Connection[Any], claim: str) -> None:
    with an_article(root, **SECOND, audience="members" if claim == "for members" else "all") as made:
        source = {"articleId": made["id"], "version": 1, "place": 0}
        source |= {
            "of no article": {"articleId": str(uuid4())}, "of no version": {"version": 2}, "of no place": {"place": 7},
        }.get(claim, {})  # fmt: skip
        if claim == "withdrawn":
            write_article(root, made["id"], text=None, status="draft")
        browser = Browser(guest)
        browser.asks(ABOUT_SECOND, source)
        brought = browser.bring(api)
    assert brought.status == 201
    rows = messages_of(root, brought.body["conversations"][0]["id"])
    assert SECOND["text"] not in str(rows)
    assert "확실한 답을 찾지 못했어요" in rows[-1]["content"]


def test_a_text_that_asked_nobody_is_replied_to_as_ever(guest: Api, api: Api, root: Connection[Any]) -> None:
    browser = Browser(guest)
    browser.does(type="text", content=QUESTION)
    key = browser.bring(api).body["conversations"][0]["id"]
    assert "알맞은 답을 드릴 수 있게" in messages_of(root, key)[-1]["content"]
    assert answers_of(root, key) == []
