"""An admin tries what a model would answer: asked by a worker, checked as for customers, and in no conversation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.jobs.worker import Worker
from tests.ai.standin import MODEL, StandIn, answer, saying, status
from tests.ai.worded import WORDED, settings_of
from tests.db.articles import QUESTION
from tests.stack import Member, connect
from tests.web.chat import through_app
from tests.web.conftest import running_app
from tests.web.desk import Desk, add_operator

PATH = "/assistant/try"
# What a try may write, beside what the audit has of others.
WRITTEN = {"kb_tries", "kb_spending", "chat_jobs", "chat_ticks"}


@pytest.fixture
def modelled(stack: LocalStack, standin: StandIn) -> Iterator[Flask]:
    """The app, which knows that there is a model."""
    with running_app(stack, **settings_of(standin)) as made:
        yield made


@pytest.fixture(scope="module")
def admin(stack: LocalStack, new_member: Callable[[], Member]) -> Member:
    """Who may try."""
    made = new_member()
    with connect(stack, autocommit=True) as db:
        add_operator(db, made, "admin")
    return made


@pytest.fixture
def desk(modelled: Flask, admin: Member, article: dict[str, Any]) -> Desk:
    """What the admin asks by."""
    return Desk(through_app(modelled), admin.access_token)


def rows(db: Connection[Any]) -> dict[str, int]:
    """How many rows every table has that no try writes."""
    names = db.execute("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'")
    kept = {name for (name,) in names.fetchall()} - WRITTEN
    return {name: db.execute(f"select count(*) from public.{name}").fetchone()[0] for name in sorted(kept)}


def tried(desk: Desk, worker: Worker, question: str = QUESTION, **settings: Any) -> dict[str, Any]:
    """What comes of a try, once a worker has had it."""
    begun = desk.inbox("POST", PATH, {"question": question, "settings": {"mode": "generative", **settings}})
    assert (begun.status, begun.body["status"], begun.body["outcome"]) == (202, "pending", None)
    assert desk.inbox("GET", f"{PATH}/{begun.body['id']}").body == begun.body
    worker.drain()
    done: dict[str, Any] = desk.inbox("GET", f"{PATH}/{begun.body['id']}").body
    assert done["status"] == "done"
    return done


def test_all_is_shown_and_nothing_is_changed(
    desk: Desk, worker: Worker, standin: StandIn, root: Connection[Any], article: dict[str, Any]
) -> None:
    before = rows(root)
    standin.script.append(
        lambda request: answer(request.reading.passages[0], "9일 말려 주세요.", WORDED.splitlines()[0])
    )
    done = tried(
        desk, worker, tone="아주 짧게", greeting={"ko": "안녕하세요!", "en": ""},
        budgets={"memberDay": 0, "projectMonth": 10**9},
    )  # fmt: skip
    assert (done["outcome"], done["mode"], done["model"]) == ("answered", "generative", MODEL)
    # What a customer would read first in a chat, word for word.
    assert done["shown"]["text"] == f"안녕하세요!\n\n{WORDED.splitlines()[0]}"
    (source,) = done["shown"]["sources"]
    assert (source["articleId"], source["quote"]) == (article["id"], WORDED.splitlines()[0])
    # The prompt that went out, with instructions that are not saved anywhere.
    assert [one["role"] for one in done["prompt"]] == ["system", "user"]
    assert [dict(one) for one in standin.got[0].body["messages"]] == done["prompt"]
    assert "아주 짧게" in done["prompt"][0]["content"]
    # An answer that was not to be shown, and why; then the one that was.
    first, second = done["attempts"]
    assert ([fault["code"] for fault in first["faults"]], second["faults"]) == (["number_not_quoted"], [])
    assert json.loads(first["raw"])["sentences"][0]["text"] == "9일 말려 주세요."
    assert done["tokensIn"] == first["tokensIn"] + second["tokensIn"] > 0
    assert done["costMicros"] == done["tokensIn"] + 10 * done["tokensOut"]
    spent = root.execute("select user_id, micros, settled_at is not null from public.kb_spending").fetchall()
    assert spent == [(None, done["costMicros"], True)]
    assert rows(root) == before


@pytest.mark.parametrize(
    ("settings", "script", "outcome", "reason"),
    [
        ({"forbiddenTopics": ["빗자루"]}, None, "refused", "forbidden_topic"),
        ({}, saying({"action": "handover", "sentences": []}), "handed_over", "model_wants_a_person"),
        ({}, status(401), "handed_over", "model_refused"),
        ({"budgets": {"memberDay": 10**9, "projectMonth": 1}}, None, "answered", "budget_project_month"),
    ],
)
def test_every_way_that_it_can_end(
    desk: Desk, worker: Worker, standin: StandIn, settings: Any, script: Any, outcome: str, reason: str
) -> None:
    if script is not None:
        standin.script.append(script)
    settings = {"handover": {"when": "", "words": {"ko": "상담원을 부를게요.", "en": ""}}, **settings}
    done = tried(desk, worker, **settings)
    assert (done["outcome"], done["reason"]) == (outcome, reason)
    assert len(standin.got) == (0 if script is None else 1)
    if outcome == "handed_over":
        assert done["shown"] == {"text": "상담원을 부를게요.", "sources": []}
    if reason.startswith("budget"):
        # A day's budget would not have been asked.
        assert (done["mode"], done["shown"]["text"], done["costMicros"]) == ("extractive", WORDED, 0)


def test_where_nothing_is_found_no_model_is_asked(
    desk: Desk, worker: Worker, standin: StandIn, root: Connection[Any]
) -> None:
    done = tried(desk, worker, "xyzzy plugh")
    assert (done["found"], done["outcome"], done["reason"], done["shown"]) == ([], "unknown", "nothing_found", None)
    assert (standin.got, root.execute("select count(*) from public.kb_answers").fetchone()) == ([], (0,))


def test_a_try_that_nobody_works_is_over_after_a_while(desk: Desk, root: Connection[Any]) -> None:
    begun = desk.inbox("POST", PATH, {"question": QUESTION, "settings": {"mode": "generative"}}).body
    root.execute("update public.kb_tries set created_at = now() - interval '6 minutes' where id = %s", [begun["id"]])
    assert desk.inbox("GET", f"{PATH}/{begun['id']}").body["status"] == "failed"
    root.execute("update public.kb_tries set created_at = now() - interval '2 days' where id = %s", [begun["id"]])
    desk.inbox("POST", PATH, {"question": QUESTION, "settings": {"mode": "generative"}})
    assert desk.inbox("GET", f"{PATH}/{begun['id']}").refusal == (404, "not_found")


def test_what_is_saved_is_tried_where_nothing_else_is_said(desk: Desk, worker: Worker) -> None:
    assert desk.inbox("PUT", "/assistant", {"mode": "generative"}).status == 200
    begun = desk.inbox("POST", PATH, {"question": QUESTION, "audience": "members"})
    assert (begun.status, begun.body["status"]) == (202, "pending")
    worker.drain()
    assert desk.inbox("GET", f"{PATH}/{begun.body['id']}").body["outcome"] == "answered"
    assert desk.inbox("PUT", "/assistant", {"mode": "extractive"}).status == 200
