"""Read markers, written directly: never backwards, never past the last message, never somebody else's."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import httpx
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import at_once
from tests.db.chats import add_conversation, add_message, add_row, new_id
from tests.stack import Member, rest

NothingChanges = Callable[[], AbstractContextManager[None]]
# The biggest number that JSON carries everywhere.
BIGGEST = 2**53 - 1
MERGE = {"Prefer": "resolution=merge-duplicates"}


@pytest.fixture
def five_messages(root: Connection[Any], member: Member, conversation: str) -> list[str]:
    return [add_message(root, member.id, conversation, content=f"{n}")["id"] for n in range(5)]


def marker(db: Connection[Any], conversation: str) -> tuple[int, Any] | None:
    return db.execute(
        "select last_read_seq, last_read_at from public.chat_conversation_reads where conversation_id = %s",
        [conversation],
    ).fetchone()


def write(client: httpx.Client, conversation: str, seq: int) -> httpx.Response:
    return client.post(
        "/chat_conversation_reads",
        params={"on_conflict": "conversation_id,user_id"},
        json={"conversation_id": conversation, "last_read_seq": seq},
    )


def move(client: httpx.Client, conversation: str, seq: int) -> httpx.Response:
    where = {"conversation_id": f"eq.{conversation}"}
    return client.patch("/chat_conversation_reads", params=where, json={"last_read_seq": seq})


def mark(client: httpx.Client, conversation: str, up_to: str | None = None) -> httpx.Response:
    return client.post("/rpc/chat_mark_read", json={"p_conversation_id": conversation, "p_up_to_message_id": up_to})


def unread(client: httpx.Client, conversation: str) -> int:
    found = client.get(
        "/chat_conversation_summaries", params={"id": f"eq.{conversation}", "select": "unread_count"}
    ).json()
    return found[0]["unread_count"]


@pytest.mark.usefixtures("five_messages")
def test_a_marker_stops_at_the_last_message(
    root: Connection[Any], member_rest: httpx.Client, conversation: str
) -> None:
    assert write(member_rest, conversation, 900).status_code == 201
    assert marker(root, conversation)[0] == 5
    assert move(member_rest, conversation, BIGGEST).is_success
    assert marker(root, conversation)[0] == 5


@pytest.mark.usefixtures("five_messages")
def test_a_marker_does_not_move_backwards_and_keeps_its_time(
    root: Connection[Any], member_rest: httpx.Client, conversation: str
) -> None:
    write(member_rest, conversation, 3)
    before = marker(root, conversation)
    assert before[0] == 3
    for seq in (2, 0, 3, -7):
        assert move(member_rest, conversation, seq).is_success
        assert marker(root, conversation) == before
    move(member_rest, conversation, 4)
    after = marker(root, conversation)
    assert after[0] == 4
    assert after[1] > before[1]


@pytest.mark.usefixtures("five_messages")
def test_marking_read_again_keeps_the_time(
    root: Connection[Any], member_rest: httpx.Client, conversation: str, five_messages: list[str]
) -> None:
    first = mark(member_rest, conversation).json()
    for up_to in (None, five_messages[0], five_messages[4]):
        assert mark(member_rest, conversation, up_to).json() == first
    assert marker(root, conversation)[0] == 5


def test_the_first_marker_may_be_anywhere_up_to_the_last_message(
    member_rest: httpx.Client, conversation: str, five_messages: list[str]
) -> None:
    assert unread(member_rest, conversation) == 5
    assert mark(member_rest, conversation, five_messages[1]).json()["unread_count"] == 3
    assert unread(member_rest, conversation) == 3


def test_a_marker_below_zero_is_refused(
    member_rest: httpx.Client, conversation: str, nothing_changes: NothingChanges
) -> None:
    with nothing_changes():
        assert write(member_rest, conversation, -1).status_code == 400


def test_time_and_owner_of_a_marker_are_not_the_members_to_say(
    root: Connection[Any],
    member: Member,
    stranger: Member,
    member_rest: httpx.Client,
    conversation: str,
    nothing_changes: NothingChanges,
) -> None:
    with nothing_changes():
        for forged in ({"last_read_at": "2099-01-01T00:00:00Z"}, {"user_id": member.id}, {"user_id": stranger.id}):
            row = {"conversation_id": conversation, "last_read_seq": 0, **forged}
            for headers in ({}, MERGE):
                answer = member_rest.post("/chat_conversation_reads", json=row, headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (403, "42501")
    write(member_rest, conversation, 0)
    elsewhere = add_conversation(root, member.id)
    with nothing_changes():
        for forged in (
            {"last_read_at": "2099-01-01T00:00:00Z"},
            {"user_id": stranger.id},
            {"conversation_id": elsewhere},
        ):
            answer = member_rest.patch(
                "/chat_conversation_reads", params={"conversation_id": f"eq.{conversation}"}, json=forged
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "42501")
        assert not member_rest.delete("/chat_conversation_reads", params={"last_read_seq": "gte.0"}).is_success


def test_a_strangers_marker_is_out_of_reach(
    root: Connection[Any],
    stranger: Member,
    member_rest: httpx.Client,
    foreign_conversation: str,
    nothing_changes: NothingChanges,
) -> None:
    add_message(root, stranger.id, foreign_conversation)
    add_row(root, "chat_conversation_reads", {"user_id": stranger.id, "conversation_id": foreign_conversation})
    with nothing_changes():
        assert move(member_rest, foreign_conversation, 1).is_success
        refused = [write(member_rest, which, 1) for which in (foreign_conversation, new_id())]
        for answer in refused:
            assert not answer.is_success
            assert foreign_conversation not in answer.text
        assert len({(answer.status_code, answer.json()["code"], answer.json()["message"]) for answer in refused}) == 1
        marks = [mark(member_rest, which) for which in (foreign_conversation, new_id())]
        assert {(answer.status_code, answer.text) for answer in marks} == {(404, marks[0].text)}


def test_a_message_of_elsewhere_marks_nothing(
    root: Connection[Any], member: Member, member_rest: httpx.Client, conversation: str, nothing_changes: NothingChanges
) -> None:
    elsewhere = add_message(root, member.id, add_conversation(root, member.id))["id"]
    with nothing_changes():
        for up_to in (elsewhere, new_id()):
            answer = mark(member_rest, conversation, up_to)
            assert (answer.status_code, answer.json()["message"]) == (422, "invalid")


def test_writers_at_once_leave_the_furthest_marker(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str, five_messages: list[str]
) -> None:
    with rest(stack, member.access_token) as client:
        write(client, conversation, 0)
        for furthest in (2, 4):
            jobs = [partial(mark, client, conversation, five_messages[n]) for n in range(furthest)]
            jobs += [partial(move, client, conversation, n) for n in range(furthest)]
            jobs += [partial(move, client, conversation, furthest)]
            assert all(answer.is_success for answer in at_once(jobs))
            assert marker(root, conversation)[0] == furthest


def test_a_marker_never_passes_a_message_that_comes_at_the_same_time(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str, five_messages: list[str]
) -> None:
    with rest(stack, member.access_token) as client:
        for _ in range(5):
            at_once(
                [
                    partial(move, client, conversation, BIGGEST),
                    partial(mark, client, conversation),
                    partial(add_message, root, member.id, conversation),
                ]
            )
            last = root.execute(
                "select max(seq) from public.chat_messages where conversation_id = %s", [conversation]
            ).fetchone()[0]
            seq = marker(root, conversation)[0]
            assert seq <= last
            assert unread(client, conversation) == last - seq


def test_unread_counts_bot_messages_after_the_marker_and_all_without_one(
    root: Connection[Any], member: Member, member_rest: httpx.Client, conversation: str
) -> None:
    assert unread(member_rest, conversation) == 0
    for role in ("bot", "system", "user", "bot"):
        add_message(root, member.id, conversation, role=role)
    assert unread(member_rest, conversation) == 2
    write(member_rest, conversation, 1)
    assert unread(member_rest, conversation) == 1


@pytest.mark.parametrize(("written", "shown"), [(98, 98), (99, 99), (100, 100), (101, 100), (150, 100)])
def test_unread_is_exact_up_to_99_and_100_stands_for_more(
    root: Connection[Any], member: Member, member_rest: httpx.Client, conversation: str, written: int, shown: int
) -> None:
    root.execute(
        "insert into public.chat_messages (user_id, conversation_id, role, kind, content)"
        " select %s, %s, 'bot', 'text', '안녕' from generate_series(1, %s)",
        [member.id, conversation, written],
    )
    assert unread(member_rest, conversation) == shown
