"""Operators read a conversation as its customer does: the same pages, the same rows, of anybody."""

from typing import Any

import httpx
import pytest
from psycopg import Connection

from tests.db.chats import add_chips, add_message, new_id
from tests.db.desk import Desk, Operator, add_operator
from tests.stack import Member


@pytest.fixture
def somebody(root: Connection[Any]) -> Operator:
    return add_operator(root)


@pytest.fixture
def filled(root: Connection[Any], desk: Desk, somebody: Operator, member: Member, conversation: str) -> str:
    """A conversation with chips and with texts of everybody."""
    add_chips(root, member.id, conversation)
    for number in range(4):
        add_message(root, member.id, conversation, role="user", content=f"질문 {number}")
    desk.reply(somebody, conversation, new_id())
    return conversation


@pytest.mark.parametrize("page", [{}, {"limit": 2}, {"limit": 2, "before": 3}, {"limit": 2, "after": 1}, {"after": 99}])
def test_a_page_is_what_the_customer_gets(
    desk: Desk, somebody: Operator, member_rest: httpx.Client, filled: str, page: dict[str, int]
) -> None:
    named = {f"p_{name}": value for name, value in page.items()}
    theirs = member_rest.post("/rpc/chat_page", json={"p_conversation_id": filled, **named}).json()
    ours = desk.ask("inbox_messages", somebody, id=filled, **page).body
    assert {name: value for name, value in ours.items() if name != "conversation"} == {
        name: value for name, value in theirs.items() if name != "conversation"
    }
    assert ours["conversation"]["id"] == filled


@pytest.mark.parametrize("limit", [2, 50])
def test_what_changed_comes_in_its_order_to_the_end(
    desk: Desk, somebody: Operator, member_rest: httpx.Client, filled: str, limit: int
) -> None:
    seen: list[dict[str, Any]] = []
    while True:
        after = seen[-1]["rev"] if seen else 0
        page = desk.ask("inbox_messages", somebody, id=filled, limit=limit, after_rev=after).body
        seen += page["messages"]
        if not page["has_more"]:
            break
    theirs = member_rest.post("/rpc/chat_changed", json={"p_conversation_id": filled, "p_after_rev": 0}).json()
    assert seen == theirs["messages"]
    assert len(seen) == 6


def test_a_page_ends_before_it_is_too_large(
    root: Connection[Any], desk: Desk, somebody: Operator, member: Member, conversation: str
) -> None:
    root.execute(
        "insert into public.chat_messages (user_id, conversation_id, role, kind, content)"
        " select %s, %s, 'bot', 'text', repeat('🙂', 16000)"
        " from generate_series(1, 80)",
        [member.id, conversation],
    )
    for page in ({"limit": 200}, {"limit": 200, "after": 0}, {"limit": 200, "after_rev": 0}):
        answer = desk.ask("inbox_messages", somebody, id=conversation, **page).body
        assert 55 < len(answer["messages"]) < 80
        assert answer.get("has_more") or answer["has_earlier"] or answer["has_later"]


def test_nobodys_conversation_is_not_there(desk: Desk, somebody: Operator) -> None:
    for function in ("inbox_messages", "inbox_conversation", "inbox_open", "inbox_turn", "inbox_claim"):
        assert desk.ask(function, somebody, id=new_id()).code == "not_found"
    for function, more in (("inbox_type", {"is_typing": True}), ("inbox_look", {})):
        assert desk.ask(function, somebody, conversation_id=new_id(), **more).code == "not_found"
