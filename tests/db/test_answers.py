"""An interactive message is answered once: `in_reply_to` is the claim, and the database is the judge."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import at_once
from tests.db.chats import (
    CHIPS,
    FORM,
    add_chips,
    add_conversation,
    add_form,
    add_message,
    conversation_row,
    messages_of,
    new_id,
)
from tests.stack import Member, rest

NothingChanges = Callable[[], AbstractContextManager[None]]
YES = {"type": "chip", "chip_id": "yes"}


@pytest.fixture
def chips(root: Connection[Any], member: Member, conversation: str) -> str:
    return add_chips(root, member.id, conversation)


@pytest.fixture
def form(root: Connection[Any], member: Member, conversation: str) -> str:
    return add_form(root, member.id, conversation)


def insert(client: httpx.Client, conversation: str, asked: str, event: Any, **columns: Any) -> httpx.Response:
    row = {"conversation_id": conversation, "role": "user", "kind": "text", "content": "내 마음대로"}
    answer = {"client_message_id": new_id(), "in_reply_to": asked, "event": event}
    return client.post("/chat_messages", json={**row, **answer, **columns})


def click(client: httpx.Client, conversation: str, asked: str, client_id: str | None = None) -> httpx.Response:
    arguments = {"p_conversation_id": conversation, "p_client_message_id": client_id or new_id()}
    return client.post("/rpc/chat_send", json={**arguments, "p_in_reply_to": asked, "p_event": YES})


@pytest.mark.parametrize("way", [click, partial(insert, event=YES)], ids=["chat_send", "insert"])
def test_of_eight_answers_at_once_one_wins(
    stack: LocalStack,
    root: Connection[Any],
    member: Member,
    conversation: str,
    chips: str,
    way: Callable[..., httpx.Response],
) -> None:
    with rest(stack, member.access_token) as client:
        answers = at_once([partial(way, client, conversation, chips)] * 8)
    assert sorted(answer.is_success for answer in answers) == [False] * 7 + [True]
    refused = [(answer.status_code, answer.json()["message"]) for answer in answers if not answer.is_success]
    assert refused == [(409, "already_answered")] * 7
    answer = messages_of(root, conversation)[1:]
    assert [(row["role"], row["content"], row["in_reply_to"]) for row in answer] == [("user", "네", chips)]
    counters = conversation_row(root, conversation)
    assert (counters["last_seq"], counters["message_count"]) == (2, 2)


def test_the_same_click_from_sixteen_threads_is_one_row(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str
) -> None:
    with rest(stack, member.access_token) as client:
        for _ in range(5):
            asked, client_id = add_chips(root, member.id, conversation), new_id()
            answers = at_once([partial(click, client, conversation, asked, client_id)] * 16)
            assert {answer.status_code for answer in answers} == {200}
            assert sorted(answer.json()["created"] for answer in answers) == [False] * 15 + [True]
    assert [row["content"] for row in messages_of(root, conversation) if row["role"] == "user"] == ["네"] * 5


@pytest.mark.parametrize("content", ["내 마음대로", "아니요", None, "네"])
def test_the_text_of_a_click_is_the_label_that_the_bot_offered(
    root: Connection[Any], member_rest: httpx.Client, conversation: str, chips: str, content: str | None
) -> None:
    assert insert(member_rest, conversation, chips, YES, content=content).status_code == 201
    assert messages_of(root, conversation)[-1]["content"] == "네"


@pytest.mark.parametrize(
    "event",
    [
        {"type": "chip", "chip_id": "maybe"},
        {"type": "chip", "chip_id": None},
        {"type": "chip"},
        {"type": "text"},
        {"chip_id": "yes"},
        {},
        [],
        "yes",
        None,
    ],
    ids=str,
)
def test_a_chip_that_was_not_offered_answers_nothing(
    member_rest: httpx.Client, conversation: str, chips: str, nothing_changes: NothingChanges, event: Any
) -> None:
    with nothing_changes():
        answer = insert(member_rest, conversation, chips, event)
        assert (answer.status_code, answer.json()["message"]) == (422, "unknown_chip")


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (YES, "unknown_chip"),
        ({"type": "form"}, "invalid_form"),
        ({"type": "form", "values": None}, "invalid_form"),
        ({"type": "form", "values": []}, "invalid_form"),
        ({"type": "form", "values": "title"}, "invalid_form"),
    ],
    ids=str,
)
def test_a_form_is_answered_by_values(
    member_rest: httpx.Client, conversation: str, form: str, nothing_changes: NothingChanges, event: Any, code: str
) -> None:
    with nothing_changes():
        answer = insert(member_rest, conversation, form, event)
        assert (answer.status_code, answer.json()["message"]) == (422, code)
    assert insert(member_rest, conversation, form, {"type": "form", "values": {"title": "제목"}}).status_code == 201


def test_chips_are_not_answered_by_values(
    member_rest: httpx.Client, conversation: str, chips: str, nothing_changes: NothingChanges
) -> None:
    with nothing_changes():
        answer = insert(member_rest, conversation, chips, {"type": "form", "values": {}})
        assert (answer.status_code, answer.json()["message"]) == (422, "invalid_form")


def test_refusals_come_in_the_order_of_the_contract(
    root: Connection[Any], member: Member, member_rest: httpx.Client
) -> None:
    own = add_conversation(root, member.id)
    answered, free = (add_chips(root, member.id, own) for _ in range(2))
    insert(member_rest, own, answered, YES)
    root.execute("update public.chat_conversations set status = 'completed' where id = %s", [own])
    refused = [insert(member_rest, own, asked, {}).json()["message"] for asked in (answered, free)]
    assert refused == ["already_answered", "conversation_completed"]


def test_the_claim_holds_without_the_trigger(db: Connection[Any], member: Member) -> None:
    own = add_conversation(db, member.id)
    other = add_conversation(db, member.id)
    asked, elsewhere = add_chips(db, member.id, own), add_chips(db, member.id, other)
    db.execute("alter table public.chat_messages disable trigger place_message")

    def answer(seq: int, to: str) -> None:
        add_message(db, member.id, own, role="user", seq=seq, in_reply_to=to, event=YES)

    answer(10, asked)
    with pytest.raises(psycopg.errors.UniqueViolation), db.transaction():
        answer(11, asked)
    for to in (elsewhere, new_id()):
        with pytest.raises(psycopg.errors.ForeignKeyViolation), db.transaction():
            answer(12, to)


def test_answer_and_its_time_go_together(db: Connection[Any], member: Member) -> None:
    own = add_conversation(db, member.id)
    for half in ({"answer": {"chip_id": "yes"}}, {"answered_at": "2026-11-22T00:00:00Z"}):
        with pytest.raises(psycopg.errors.CheckViolation), db.transaction():
            add_message(db, member.id, own, kind="chips", payload=CHIPS, **half)


@pytest.mark.parametrize("kind", ["chips", "form"])
@pytest.mark.parametrize("way", ["chat_send", "insert"])
def test_a_question_that_was_answered_before_our_time_takes_no_answer(
    root: Connection[Any],
    member: Member,
    member_rest: httpx.Client,
    conversation: str,
    nothing_changes: NothingChanges,
    kind: str,
    way: str,
) -> None:
    payload, event = (CHIPS, YES) if kind == "chips" else (FORM, {"type": "form", "values": {"title": "제목"}})
    # As the backfill leaves it: answered, and no row says by what.
    carried = {"kind": kind, "content": None, "payload": payload, "answer": {}, "answered_at": "2026-11-22T00:00:00Z"}
    asked = add_message(root, member.id, conversation, **carried)["id"]
    with nothing_changes():
        if way == "insert":
            refused = insert(member_rest, conversation, asked, event)
        else:
            ids = {"p_conversation_id": conversation, "p_client_message_id": new_id(), "p_in_reply_to": asked}
            refused = member_rest.post("/rpc/chat_send", json={**ids, "p_event": event, "p_content": "제목"})
        assert (refused.status_code, refused.json()["message"]) == (409, "already_answered")
    ids = {"p_conversation_id": conversation, "p_client_message_id": new_id(), "p_in_reply_to": asked}
    assert member_rest.post("/rpc/chat_preview", json=ids).json()["answered"] is True
