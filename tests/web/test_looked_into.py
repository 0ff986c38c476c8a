"""A question that is looked into after its turn: said at once, settled once, and only while somebody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.conversations import answering
from service.conversations.answering import Asked
from service.conversations.known_flows import KnownFlows
from service.dialogue.knowledge import Settled, Source
from service.http.context import part_of
from service.supabase.clients import Upstream
from tests.concurrency import at_once
from tests.db.articles import SECOND, an_article, answers_of, chunk_of, told, write_article
from tests.db.chats import conversation_row, messages_of
from tests.stack import Member, connect
from tests.web.chat import Api, Chat, new_id, through_app
from tests.web.conftest import running_app

WORDED = "그늘에 걸어 두시면 돼요. {nickname}"


@pytest.fixture(scope="module")
def app(stack: LocalStack) -> Iterator[Flask]:
    """An app that knows of a model, which nobody asks here."""
    with running_app(stack, ai_base_url="http://127.0.0.1:9/v1", ai_model="none") as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def generative(stack: LocalStack) -> Iterator[None]:
    with connect(stack, autocommit=True) as db, told(db, mode="generative"):
        yield


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


@pytest.fixture
def source(root: Connection[Any]) -> Iterator[Source]:
    """The piece of an article that is there."""
    with an_article(root, **SECOND) as made:
        chunk = chunk_of(root, made["id"])["id"]
        yield Source(made["id"], 1, 0, chunk, made["slug"], made["title"], "ko", quote="서늘한 곳에 걸어 두세요")


@pytest.fixture
def read(app: Flask) -> Callable[[str], Asked | None]:
    """The question of an answer, as a worker reads it."""
    upstream, flows = part_of(app, Upstream), part_of(app, KnownFlows)
    return lambda answer_id: answering.read_question(upstream, flows, UUID(answer_id))


@pytest.fixture
def settle(app: Flask) -> Callable[[Asked, Settled], str]:
    """How a worker settles it."""
    return partial(answering.settle, part_of(app, Upstream), part_of(app, KnownFlows))


def asked(chat: Chat, root: Connection[Any], question: str = "붓은 어디에 두나요?") -> str:
    """Ask, and return the id of the answer that is awaited."""
    chat.write(question)
    return answers_of(root, chat.id)[-1]["id"]


def test_it_is_said_at_once_that_somebody_looks(api: Api, root: Connection[Any]) -> None:
    chat, client_id = api.begin(), new_id()
    answer = chat.write("붓은 어디에 두나요?", client_id)
    (said,) = answer.messages[1:]
    assert (said["kind"], said["payload"]["isLooking"]) == ("chips", True)
    assert [one["id"] for one in said["payload"]["chips"]] == ["talk_to_person"]
    assert chat.write("붓은 어디에 두나요?", client_id).messages == answer.messages
    (kept,) = answers_of(root, chat.id)
    assert (kept["outcome"], kept["mode"], kept["settled_at"]) == (None, "generative", None)
    jobs = root.execute(
        "select payload from public.chat_jobs where kind = 'answer' and conversation_id = %s", [chat.id]
    ).fetchall()
    version = conversation_row(root, chat.id)["state_version"]
    told_by = {"answer_id": kept["id"], "conversation_id": chat.id, "state_version": version}
    assert jobs == [({**told_by, "message_id": answer.messages[0]["id"]},)]


OUTCOMES = {
    "answered": ("answered", WORDED, [("chips", WORDED)], "bot"),
    "clarified": ("clarified", "어떤 붓인가요?", [("text", "어떤 붓인가요?")], "bot"),
    "handed over": ("handed_over", None, [("notice", "상담원에게 알렸어요")], "waiting"),
    "handed over with words": (
        "handed_over", "담당자가 도와드려요.", [("text", "담당자가"), ("notice", "상담원에게")], "waiting",
    ),
    "refused": ("refused", None, [("chips", "확실한 답을 찾지 못했어요")], "bot"),
    "unknown": ("unknown", None, [("chips", "확실한 답을 찾지 못했어요")], "bot"),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTCOMES)
def test_what_came_of_it_is_said_once(
    api: Api, root: Connection[Any], read: Any, settle: Any, source: Source, name: str
) -> None:
    outcome, words, expected, handling = OUTCOMES[name]
    chat = api.begin()
    question = read(asked(chat, root))
    assert (question.question, question.locale, question.audience) == ("붓은 어디에 두나요?", "ko", "members")
    before = len(messages_of(root, chat.id))
    settled = Settled(
        outcome, words, (source,) if outcome == "answered" else (), "why", "m", tokens_in=5, tokens_out=7, cost_micros=9
    )
    assert at_once([partial(settle, question, settled)] * 3) == ["written"] * 3
    assert settle(question, Settled("unknown")) == "written"
    rows = messages_of(root, chat.id)[before:]
    assert [row["kind"] for row in rows] == [kind for kind, _ in expected]
    assert all(start in row["content"] for row, (_, start) in zip(rows, expected, strict=True))
    assert conversation_row(root, chat.id)["handling"] == handling
    (kept,) = answers_of(root, chat.id)
    assert (kept["outcome"], kept["reason"], kept["model"]) == (outcome, "why", "m")
    assert (kept["tokens_in"], kept["tokens_out"], kept["cost_micros"]) == (5, 7, 9)
    assert kept["message_id"] == rows[-1]["id"]
    if outcome == "answered":
        assert rows[0]["payload"]["sources"] == [source.to_json()]
        assert (
            chat.api.turn(chat.id, {"type": "chip", "messageId": rows[0]["id"], "chipId": "helpful_no"}).status == 201
        )
        assert answers_of(root, chat.id)[0]["helpful"] is False
    assert read(kept["id"]) is None


def newer(chat: Chat, root: Connection[Any]) -> None:
    chat.write("아, 그리고 비싼가요?")


def person(chat: Chat, root: Connection[Any]) -> None:
    chat.click("talk_to_person")


def claimed(chat: Chat, root: Connection[Any]) -> None:
    root.execute("update public.chat_conversations set handling = 'agent', rev = rev + 1 where id = %s", [chat.id])


def completed(chat: Chat, root: Connection[Any]) -> None:
    root.execute("update public.chat_conversations set status = 'completed', rev = rev + 1 where id = %s", [chat.id])


@pytest.mark.parametrize(
    ("overtake", "reason"),
    [(newer, "newer_message"), (person, "taken_over"), (claimed, "taken_over"), (completed, "completed")],
)
@pytest.mark.parametrize("is_read", [False, True], ids=["before it is read", "while it is looked into"])
def test_nobody_is_talked_over(
    api: Api, root: Connection[Any], read: Any, settle: Any, source: Source, overtake: Any, reason: str, is_read: bool
) -> None:
    chat = api.begin()
    answer_id = asked(chat, root)
    question = read(answer_id) if is_read else None
    overtake(chat, root)
    before = messages_of(root, chat.id)
    if question is None:
        assert read(answer_id) is None
    else:
        assert settle(question, Settled("answered", WORDED, (source,), tokens_in=3)) == "dropped"
        assert settle(question, Settled("handed_over")) == "dropped"
    assert messages_of(root, chat.id) == before
    kept = answers_of(root, chat.id)[0]
    assert (kept["outcome"], kept["reason"], kept["tokens_in"]) == ("dropped", reason, 3 if is_read else None)


def test_several_quick_texts_are_one_question(api: Api, root: Connection[Any], read: Any, settle: Any) -> None:
    chat = api.begin()
    first, second, third = (asked(chat, root, text) for text in ("붓을 샀어요", "백로눈썹이요", "어디에 두나요?"))
    assert (read(first), read(second)) == (None, None)
    question = read(third)
    assert question.question == "붓을 샀어요\n백로눈썹이요\n어디에 두나요?"
    assert question.history[-1] == ("bot", "문의 유형을 선택해 주세요.")
    assert settle(question, Settled("unknown")) == "written"
    assert [one["outcome"] for one in answers_of(root, chat.id)] == ["dropped", "dropped", "unknown"]


def test_what_is_withdrawn_meanwhile_is_not_said(
    api: Api, root: Connection[Any], read: Any, settle: Any, source: Source
) -> None:
    chat = api.begin()
    question = read(asked(chat, root))
    write_article(root, source.article_id, text=None, status="draft")
    assert settle(question, Settled("answered", WORDED, (source,), model="m")) == "written"
    rows = messages_of(root, chat.id)
    assert WORDED not in str(rows)
    assert "확실한 답을 찾지 못했어요" in rows[-1]["content"]
    (kept,) = answers_of(root, chat.id)
    assert (kept["outcome"], kept["reason"], kept["model"]) == ("unknown", "withdrawn", "m")


def test_without_a_model_it_is_answered_word_for_word(stack: LocalStack, root: Connection[Any], member: Member) -> None:
    with running_app(stack) as plain, an_article(root, **SECOND):
        chat = Api(through_app(plain), member.access_token).begin()
        assert chat.write("백로눈썹 붓은 어떻게 보관하나요?").messages[1]["content"] == SECOND["text"]
        assert [one["mode"] for one in answers_of(root, chat.id)] == ["extractive"]
