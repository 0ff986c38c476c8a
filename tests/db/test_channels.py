"""What the database itself holds of channels: who is a contact, whose words are written, how far a message gets."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from tests.db.calls import call, reply, said, turn
from tests.db.channels import CONTACT, add_channel, add_contact
from tests.db.chats import add_conversation, add_message, add_row, conversation_row, messages_of, new_id
from tests.stack import Member

THERE = {"channel_id": "{channel}", "external_id": CONTACT}


def receive(db: Connection[Any], key: str | None, **more: Any) -> Any:
    wanted = {"contact": {"external_id": CONTACT}, "external_message_id": new_id(), "content": "안녕", **more}
    return call(db, "channel_receive", key=key, **wanted)


def test_nothing_is_written_without_the_key_of_a_channel_that_is_there(
    root: Connection[Any], nothing_changes: Callable[[], AbstractContextManager[None]]
) -> None:
    channel, key = add_channel(root)
    contact, conversation = add_contact(root, channel)
    sent = add_message(root, contact, conversation, role="system")["id"]
    asked: list[tuple[str, dict[str, Any]]] = [
        ("channel_check", {}),
        ("channel_messages", {"id": conversation}),
        ("channel_status", {"message_id": sent, "status": "read"}),
    ]
    with nothing_changes():
        for wrong in (None, "", key.upper(), new_id(), "f" * 64):
            assert receive(root, wrong).code == "unauthenticated"
            assert {call(root, name, key=wrong, **params).code for name, params in asked} == {"unauthenticated"}
    root.execute("update public.chat_channels set deleted_at = now(), key_digest = null where id = %s", [channel])
    assert receive(root, key).code == "unauthenticated"


def test_the_bot_is_given_no_conversation_of_a_channel(db: Connection[Any]) -> None:
    channel, _ = add_channel(db)
    contact, conversation = add_contact(db, channel)
    for change in ("handling = 'bot'", "channel = 'erp', handling = 'bot'"):
        with (
            pytest.raises(psycopg.errors.CheckViolation, match="chat_conversations_channel_handling"),
            db.transaction(),
        ):
            db.execute(f"update public.chat_conversations set {change} where id = %s", [conversation])
    # Neither by what speaks for it.
    given = reply(
        db, contact, conversation, 0, turn(None, said(), turn_id=new_id()),
        handling="people", change={"handling": "bot", "actor": {"kind": "operator"}},
    )  # fmt: skip
    assert given.code != "ok"
    assert conversation_row(db, conversation)["handling"] == "waiting"
    assert messages_of(db, conversation) == []


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"external_id": CONTACT}, "chat_contacts_channel"),
        ({"channel_id": "{channel}"}, "chat_contacts_channel"),
        ({"channel_id": "{channel}", "external_id": ""}, "chat_contacts_external_id_length"),
        (
            {"channel_id": "{channel}", "external_id": CONTACT, "id": "{account}", "user_id": "{account}"},
            "chat_contacts_channel",
        ),
        ({"channel_id": new_id(), "external_id": CONTACT}, "chat_contacts_channel_id_fkey"),
    ],
    ids=str,
)
def test_a_contact_of_a_channel_has_a_name_there_and_no_account(
    db: Connection[Any], member: Member, columns: dict[str, str], rule: str
) -> None:
    known = {"{channel}": add_channel(db)[0], "{account}": member.id, "{nobody}": new_id()}
    with pytest.raises(psycopg.errors.IntegrityError, match=rule):
        add_row(db, "chat_contacts", {name: known.get(value, value) for name, value in columns.items()})


def test_a_contact_has_one_conversation_that_takes_all(db: Connection[Any]) -> None:
    channel, _ = add_channel(db, single_thread=True)
    contact, _ = add_contact(db, channel)
    db.execute("update public.chat_channel_threads set is_single = true where contact_id = %s", [contact])
    second = add_conversation(db, contact, channel=channel, handling="waiting")
    row = {"contact_id": contact, "conversation_id": second}
    with pytest.raises(psycopg.errors.UniqueViolation, match="chat_channel_threads_single_key"):
        add_row(db, "chat_channel_threads", {**row, "is_single": True})


def test_only_what_goes_out_by_a_channel_has_a_way_to_go(db: Connection[Any], member: Member) -> None:
    channel, key = add_channel(db)
    contact, conversation = add_contact(db, channel)
    receive(db, key)
    author = {"name": "상담원", "avatarUrl": None}
    for columns in ({"author": author}, {}, {"kind": "notice"}, {"status": "read"}):
        add_message(db, contact, conversation, role="system", **columns)
    assert [one["status"] for one in messages_of(db, conversation)] == [None, "sent", "sent", "sent", "sent"]
    # On our own pages the read marker says it.
    ours = add_conversation(db, member.id)
    assert add_message(db, member.id, ours, role="system", author=author)["status"] is None
    unknown = call(db, "channel_settle", message_id=new_id(), status="read", actor={"kind": "api"})
    assert unknown.code == "not_found"


def test_a_contact_takes_everything_of_it_along(db: Connection[Any]) -> None:
    channel, key = add_channel(db)
    first = receive(db, key).body
    db.execute("delete from public.chat_contacts where channel_id = %s and external_id = %s", [channel, CONTACT])
    left = "select count(*) from public.chat_channel_messages where channel_id = %s"
    assert db.execute(left, [channel]).fetchone()[0] == 0
    assert messages_of(db, first["conversation_id"]) == []
