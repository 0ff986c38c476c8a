"""However much waits in a conversation, one round takes a bounded part of it and the rest counts as handled."""

import json
from typing import Any

import httpx
import pytest
from psycopg import Connection

from tests.db.chats import (
    add_answer,
    add_chips,
    add_form,
    add_message,
    add_texts,
    conversation_row,
    messages_of,
    new_id,
)
from tests.db.test_service_functions import reply, said, turn
from tests.stack import Member

MESSAGES, BYTES = 50, 256 * 1024


def send(client: httpx.Client, conversation: str, content: str = "계신가요?") -> httpx.Response:
    body = {"p_conversation_id": conversation, "p_client_message_id": new_id(), "p_content": content}
    return client.post("/rpc/chat_send", json=body)


def size(rows: list[Any]) -> int:
    return len(json.dumps(rows, ensure_ascii=False).encode())


def test_a_round_takes_the_newest_fifty(
    root: Connection[Any], member: Member, member_rest: httpx.Client, conversation: str
) -> None:
    add_texts(root, member.id, conversation, 120)
    told = send(member_rest, conversation).json()
    newest = messages_of(root, conversation)[-MESSAGES:]
    assert [row["id"] for row in told["pending"]] == [row["id"] for row in newest]
    assert told["pending"][-1]["id"] == told["message"]["id"]
    assert told["late_forms"] == []


@pytest.mark.parametrize(
    "content", ["😀" * 4000, "a" + "\u0001" * 3999, '"' * 4000], ids=["emoji", "control", "quotes"]
)
def test_a_round_takes_at_most_256_kilobytes(
    root: Connection[Any], member: Member, member_rest: httpx.Client, conversation: str, content: str
) -> None:
    add_texts(root, member.id, conversation, 60, content)
    answered = send(member_rest, conversation)
    told = answered.json()
    assert len(answered.content) < BYTES + 32 * 1024
    assert 1 < len(told["pending"]) <= MESSAGES
    assert size(told["pending"]) <= BYTES
    assert told["pending"][-1]["id"] == told["message"]["id"]


def test_forms_are_found_behind_any_number_of_texts_and_bounded_too(
    root: Connection[Any], member: Member, member_rest: httpx.Client, conversation: str
) -> None:
    forms = [add_form(root, member.id, conversation) for _ in range(60)]
    values = {"type": "form", "values": {"title": "가" * 7000}}
    kept = [add_answer(root, member.id, conversation, asked, values) for asked in forms]
    add_texts(root, member.id, conversation, 70)
    told = send(member_rest, conversation).json()
    late = [row["id"] for row in told["late_forms"]]
    assert 1 < len(late) <= MESSAGES
    assert late == kept[-len(late) :]
    assert size(told["late_forms"]) <= BYTES
    assert {row["asked_kind"] for row in told["late_forms"]} == {"form"}


def test_what_is_passed_over_is_recorded_and_handled(
    root: Connection[Any], member: Member, service_rest: httpx.Client, conversation: str
) -> None:
    chips, good, odd = (
        add_chips(root, member.id, conversation),
        add_form(root, member.id, conversation),
        add_form(root, member.id, conversation),
    )
    add_answer(root, member.id, conversation, chips, {"type": "chip", "chip_id": "yes"})
    add_answer(root, member.id, conversation, good, {"type": "form", "values": {"title": "제목"}})
    add_answer(root, member.id, conversation, odd, {"type": "form", "values": {"title": ["제목"]}})
    add_texts(root, member.id, conversation, 3)
    last = add_message(root, member.id, conversation, role="user", content="끝")["id"]
    told = reply(service_rest, member.id, conversation, last, turn(last, said())).json()
    assert (told["applied"], told["handled"], told["pending"]) == (True, True, [])
    rows = {row["id"]: row for row in messages_of(root, conversation)}
    assert rows[chips]["answer"] == {"chip_id": "yes", "label": "네"}
    assert rows[good]["answer"] == {"values": {"title": "제목"}}
    # Values that are none are kept where the member wrote them, and are no answer that anybody can show.
    assert rows[odd]["answer"] == {}
    assert all(rows[asked]["answered_at"] for asked in (chips, good, odd))
    assert conversation_row(root, conversation)["handled_seq"] == rows[last]["seq"]


def test_a_question_that_waits_after_the_round_is_left_alone(
    root: Connection[Any], member: Member, service_rest: httpx.Client, conversation: str
) -> None:
    first = add_message(root, member.id, conversation, role="user", content="처음")["id"]
    chips = add_chips(root, member.id, conversation)
    add_answer(root, member.id, conversation, chips, {"type": "chip", "chip_id": "yes"})
    told = reply(service_rest, member.id, conversation, first, turn(first, said())).json()
    assert len(told["pending"]) == 1
    assert {row["id"]: row["answer"] for row in messages_of(root, conversation)}[chips] is None


@pytest.mark.parametrize(("function", "limit"), [("chat_page", 200), ("chat_list", 201)])
@pytest.mark.parametrize("asked", [100_000, None])
def test_a_page_is_bounded_whatever_is_asked_for(
    root: Connection[Any], member: Member, member_rest: httpx.Client, conversation: str,
    function: str, limit: int, asked: int | None,
) -> None:  # fmt: skip
    arguments: dict[str, Any] = {"p_limit": asked}
    if function == "chat_page":
        add_texts(root, member.id, conversation, 250)
        arguments["p_conversation_id"] = conversation
    else:
        root.execute(
            "insert into public.chat_conversations (user_id, client_conversation_id)"
            " select %s, gen_random_uuid() from generate_series(1, 250)",
            [member.id],
        )
    told = member_rest.post(f"/rpc/{function}", json=arguments).json()
    assert len(told["messages"] if function == "chat_page" else told) == (limit if asked else 50)


def test_a_page_of_large_messages_goes_on_where_it_ended(
    root: Connection[Any], member: Member, member_rest: httpx.Client, conversation: str
) -> None:
    forms = [add_form(root, member.id, conversation) for _ in range(80)]
    values = {"type": "form", "values": {"title": "x" * 65_000}}
    for asked in forms:
        add_answer(root, member.id, conversation, asked, values)
    seen: list[int] = []
    after = 0
    while True:
        body = {"p_conversation_id": conversation, "p_limit": 200, "p_after": after}
        page = member_rest.post("/rpc/chat_page", json=body)
        # The conversation shows its last message besides.
        assert len(page.content) < 4 * 1024 * 1024 + 128 * 1024
        seen += [row["seq"] for row in page.json()["messages"]]
        if not page.json()["has_later"]:
            break
        after = seen[-1]
    assert seen == list(range(1, 161))
