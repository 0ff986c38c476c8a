"""Sizes are CHECKs: the border is taken, one more is not."""

from typing import Any

import psycopg
import pytest
from psycopg import Connection

from tests.db.chats import CHIPS, add_conversation, add_message, add_row, conversation_row, new_id
from tests.stack import add_user

EMOJI = "😀"
MOST = 5000


@pytest.fixture
def owner(db: Connection[Any]) -> str:
    return add_user(db)


@pytest.fixture
def own(db: Connection[Any], owner: str) -> str:
    return add_conversation(db, owner)


def sized(total: int) -> dict[str, str]:
    """A JSON object of exactly `total` bytes as Postgres prints it."""
    return {"a": "x" * (total - len('{"a": ""}'))}


@pytest.mark.parametrize("content", ["x", EMOJI])
@pytest.mark.parametrize(("role", "most"), [("user", 4000), ("bot", 16000), ("system", 16000)])
def test_content_is_counted_in_code_points(
    db: Connection[Any], owner: str, own: str, role: str, most: int, content: str
) -> None:
    add_message(db, owner, own, role=role, content=content * most)
    with pytest.raises(psycopg.errors.CheckViolation):
        add_message(db, owner, own, role=role, content=content * (most + 1))


def test_a_payload_has_at_most_64_kilobytes(db: Connection[Any], owner: str, own: str) -> None:
    add_message(db, owner, own, kind="chips", payload=sized(65536))
    with pytest.raises(psycopg.errors.CheckViolation):
        add_message(db, owner, own, kind="chips", payload=sized(65537))


def test_an_event_has_at_most_64_kilobytes(db: Connection[Any], owner: str, own: str) -> None:
    def answer(size: int) -> None:
        form = add_message(db, owner, own, kind="form", payload={"fields": []})["id"]
        event = {"type": "form", "values": {}}
        event["values"] = sized(size - len('{"type": "form", "values": {}}') + 2)
        add_message(db, owner, own, role="user", event=event, in_reply_to=form)

    answer(65536)
    with pytest.raises(psycopg.errors.CheckViolation):
        answer(65537)


@pytest.mark.parametrize("column", ["answer", "state", "values"])
def test_what_else_is_json_is_bounded_too(db: Connection[Any], owner: str, own: str, column: str) -> None:
    def write(value: dict[str, str]) -> None:
        if column == "answer":
            add_message(db, owner, own, kind="chips", payload=CHIPS, answer=value, answered_at="2026-11-22T00:00:00Z")
        elif column == "state":
            add_conversation(db, owner, state=value)
        else:
            row = {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "s", "values": value}
            add_row(db, "chat_inquiries", row)

    write(sized(65536))
    with pytest.raises(psycopg.errors.CheckViolation):
        write(sized(65537))


@pytest.mark.parametrize("role", ["bot", "user"])
def test_a_conversation_holds_at_most_5000_messages(db: Connection[Any], owner: str, own: str, role: str) -> None:
    db.execute("update public.chat_conversations set message_count = %s where id = %s", [MOST - 1, own])
    add_message(db, owner, own, role=role)
    with pytest.raises(psycopg.DatabaseError), db.transaction():
        add_message(db, owner, own, role=role)
    assert conversation_row(db, own)["message_count"] == MOST


def test_a_status_is_open_or_completed(db: Connection[Any], owner: str) -> None:
    for status in ("active", "", None):
        with pytest.raises(psycopg.errors.IntegrityError), db.transaction():
            add_conversation(db, owner, status=status)


def test_an_account_takes_everything_of_it_along(db: Connection[Any], owner: str, own: str) -> None:
    message = add_message(db, owner, own)
    add_row(db, "chat_conversation_reads", {"user_id": owner, "conversation_id": own})
    inquiry = {"client_inquiry_id": new_id(), "user_id": owner, "conversation_id": own, "message_id": message["id"]}
    add_row(db, "chat_inquiries", {**inquiry, "flow_version": "v", "step_id": "s", "values": {}})
    db.execute("delete from auth.users where id = %s", [owner])
    for table in ("chat_contacts", "chat_conversations", "chat_messages", "chat_conversation_reads", "chat_inquiries"):
        left = db.execute(f"select count(*) from public.{table} where user_id = %s", [owner]).fetchone()[0]
        assert left == 0, table
