"""One order for the messages of a conversation: the order of commit, without gaps, whoever writes."""

import threading
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import at_once
from tests.db.chats import add_conversation, add_message, conversation_row, messages_of, new_id
from tests.stack import Member, connect, rest

WRITERS = 8


def places(db: Connection[Any], conversation: str) -> list[int]:
    return [row["seq"] for row in messages_of(db, conversation)]


def send(client: httpx.Client, conversation: str, client_id: str, content: str = "안녕") -> httpx.Response:
    arguments = {"p_conversation_id": conversation, "p_client_message_id": client_id, "p_content": content}
    return client.post("/rpc/chat_send", json=arguments)


def test_a_batch_keeps_the_order_in_which_it_was_given(
    root: Connection[Any], member: Member, conversation: str
) -> None:
    root.execute(
        "insert into public.chat_messages (user_id, conversation_id, role, kind, content)"
        " select %s, %s, 'bot', 'text', n::text from generate_series(1, 50) n",
        [member.id, conversation],
    )
    saved = messages_of(root, conversation)
    assert [(row["seq"], row["content"]) for row in saved] == [(n, str(n)) for n in range(1, 51)]
    times = [row["created_at"] for row in saved]
    assert times == sorted(times)
    assert len(set(times)) > 1


def test_the_place_is_the_databases_to_give(db: Connection[Any], member: Member) -> None:
    own = add_conversation(db, member.id)
    assert [add_message(db, member.id, own, seq=forged)["seq"] for forged in (99, 1, -5, None)] == [1, 2, 3, 4]


def test_each_conversation_counts_for_itself(db: Connection[Any], member: Member) -> None:
    first, second = (add_conversation(db, member.id) for _ in range(2))
    given = [add_message(db, member.id, which)["seq"] for which in (first, second, first, second, first)]
    assert given == [1, 1, 2, 2, 3]
    assert conversation_row(db, first)["message_count"] == 3


def test_who_commits_later_comes_later(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str
) -> None:
    with connect(stack) as early, connect(stack) as late:
        add_message(early, member.id, conversation, content="먼저")
        late.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            add_message(late, member.id, conversation, content="나중")
        late.rollback()
        early.commit()
        add_message(late, member.id, conversation, content="나중")
        late.commit()
    assert [row["content"] for row in messages_of(root, conversation)] == ["먼저", "나중"]


def test_a_write_that_is_rolled_back_leaves_no_gap(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str
) -> None:
    with connect(stack) as one:
        add_message(one, member.id, conversation)
        one.rollback()
    add_message(root, member.id, conversation)
    assert places(root, conversation) == [1]


def test_a_reader_never_sees_a_message_appear_before_one_that_it_has_seen(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str
) -> None:
    finished = threading.Event()

    def write(writer: int) -> None:
        with connect(stack) as own:
            for n in range(10):
                for part in range(3):
                    add_message(own, member.id, conversation, content=f"{writer}/{n}/{part}")
                own.commit()

    def read() -> int:
        looks = 0
        while True:
            last = finished.is_set()
            seen = places(root, conversation)
            assert seen == list(range(1, len(seen) + 1))
            assert len(seen) % 3 == 0
            looks += 1
            if last:
                return looks

    reader: list[int] = []
    watch = threading.Thread(target=lambda: reader.append(read()))
    watch.start()
    try:
        at_once([partial(write, writer) for writer in range(WRITERS)])
    finally:
        finished.set()
        watch.join()
    assert reader
    assert places(root, conversation) == list(range(1, WRITERS * 30 + 1))
    for writer in range(WRITERS):
        own = [row["content"] for row in messages_of(root, conversation) if row["content"].startswith(f"{writer}/")]
        assert own == [f"{writer}/{n}/{part}" for n in range(10) for part in range(3)]


def test_the_same_message_from_sixteen_threads_is_one_row(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str
) -> None:
    client_ids = [new_id() for _ in range(5)]
    with rest(stack, member.access_token) as client:
        for client_id in client_ids:
            answers = at_once([partial(send, client, conversation, client_id)] * 16)
            assert {answer.status_code for answer in answers} == {200}
            assert sorted(answer.json()["created"] for answer in answers) == [False] * 15 + [True]
            assert len({answer.json()["message"]["id"] for answer in answers}) == 1
    assert [row["client_message_id"] for row in messages_of(root, conversation)] == client_ids
    assert places(root, conversation) == [1, 2, 3, 4, 5]
    row = conversation_row(root, conversation)
    assert (row["last_seq"], row["message_count"]) == (5, 5)


@pytest.mark.parametrize("wish", ["resolution=ignore-duplicates", "return=minimal"])
def test_repeats_that_race_spend_no_number(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str, wish: str
) -> None:
    def post(client: httpx.Client, row: dict[str, Any]) -> httpx.Response:
        return client.post(
            "/chat_messages",
            params={"on_conflict": "conversation_id,client_message_id"},
            json=row,
            headers={"Prefer": wish},
        )

    with rest(stack, member.access_token) as client:
        for _ in range(10):
            row = {"conversation_id": conversation, "role": "user", "kind": "text", "content": "안녕"}
            row["client_message_id"] = new_id()
            at_once([partial(post, client, row)] * 8)
    assert places(root, conversation) == list(range(1, 11))
    counters = conversation_row(root, conversation)
    assert (counters["last_seq"], counters["message_count"]) == (10, 10)


@pytest.mark.parametrize("role", ["postgres", "service_role"])
def test_the_same_client_id_cannot_be_written_twice(db: Connection[Any], member: Member, role: str) -> None:
    own = add_conversation(db, member.id)
    db.execute(f"set local role {role}")
    saved = add_message(db, member.id, own)
    with pytest.raises(psycopg.errors.UniqueViolation), db.transaction():
        add_message(db, member.id, own, client_message_id=saved["client_message_id"], content="다른 말")
    assert [row["content"] for row in messages_of(db, own)] == [saved["content"]]
    # Another conversation has ids of its own.
    add_message(db, member.id, add_conversation(db, member.id), client_message_id=saved["client_message_id"])


@pytest.mark.parametrize(
    "change",
    [
        {"p_content": "다른 말"},
        {"p_content": None},
        {"p_event": {"type": "chip", "chip_id": "yes"}},
        {"p_in_reply_to": new_id()},
    ],
    ids=str,
)
def test_another_event_under_the_same_id_is_refused_and_the_first_stays(
    root: Connection[Any], member_rest: httpx.Client, conversation: str, change: dict[str, Any]
) -> None:
    first = {"p_conversation_id": conversation, "p_client_message_id": new_id(), "p_content": "처음"}
    assert member_rest.post("/rpc/chat_send", json=first).status_code == 200
    before = messages_of(root, conversation), conversation_row(root, conversation)
    answer = member_rest.post("/rpc/chat_send", json={**first, **change})
    assert (answer.status_code, answer.json()["message"]) == (409, "idempotency_conflict")
    assert (messages_of(root, conversation), conversation_row(root, conversation)) == before


def test_a_repeat_answers_after_the_conversation_was_completed(
    root: Connection[Any], member_rest: httpx.Client, conversation: str
) -> None:
    client_id = new_id()
    first = send(member_rest, conversation, client_id)
    root.execute("update public.chat_conversations set status = 'completed' where id = %s", [conversation])
    again = send(member_rest, conversation, client_id)
    assert (again.status_code, again.json()["created"]) == (200, False)
    assert again.json()["message"] == first.json()["message"]
    assert (send(member_rest, conversation, new_id()).status_code, len(places(root, conversation))) == (409, 1)


def test_a_message_has_the_owner_of_its_conversation(db: Connection[Any], member: Member, stranger: Member) -> None:
    own = add_conversation(db, member.id)
    with pytest.raises(psycopg.DatabaseError) as refusal, db.transaction():
        add_message(db, stranger.id, own)
    assert refusal.value.sqlstate == "PT404"
    # Behind the trigger stands a foreign key of both columns.
    db.execute("alter table public.chat_messages disable trigger place_message")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        add_message(db, stranger.id, own, seq=1)
