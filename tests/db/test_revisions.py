"""`rev`: every change that the customer can see has a number, in the order of commit, and nothing else has one."""

import threading
from functools import partial
from typing import Any

import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import at_once
from tests.db.calls import call, inquiry, reply, said, turn
from tests.db.chats import (
    add_answer,
    add_chips,
    add_conversation,
    add_form,
    add_message,
    add_row,
    conversation_row,
    messages_of,
    new_id,
)
from tests.stack import Member, add_user, connect

WRITERS = 8


def revs(db: Connection[Any], conversation: str) -> list[int]:
    return [row["rev"] for row in messages_of(db, conversation)]


def test_each_change_takes_the_next_number(db: Connection[Any]) -> None:
    user = add_user(db)
    own = add_conversation(db, user)
    first, second = add_chips(db, user, own), add_form(db, user, own)
    clicked = add_answer(db, user, own, first, {"type": "chip", "chip_id": "yes"})
    filled = add_answer(db, user, own, second, {"type": "form", "values": {"title": "제목"}})
    turns = [turn(clicked, said(), answer={"chip_id": "yes", "label": "네"}), turn(filled, said(), inquiry=inquiry())]
    assert reply(db, user, own, 0, *turns, status="completed").body["applied"]
    # Two answers after two replies, each on the row that it changed; the end is the conversation's own.
    assert revs(db, own) == [7, 8, 3, 4, 5, 6]
    assert conversation_row(db, own)["rev"] == 9
    changed = call(db, "chat_changed", member=user, conversation_id=own, after_rev=4).body
    assert [row["rev"] for row in changed["messages"]] == [5, 6, 7, 8]
    assert (changed["conversation"]["rev"], changed["has_more"]) == (9, False)


def test_an_import_counts_as_if_it_had_been_said_here(db: Connection[Any]) -> None:
    user, asked = add_user(db), new_id()
    chips = {
        "id": asked,
        "client_message_id": new_id(),
        "role": "bot",
        "kind": "chips",
        "payload": {"chips": [{"id": "yes", "label": "네"}]},
    }
    answer = {"id": new_id(), "client_message_id": new_id(), "role": "user", "kind": "text", "content": "네",
              "in_reply_to": asked, "event": {"type": "chip", "chip_id": "yes"}}  # fmt: skip
    wanted = {
        "id": new_id(), "client_conversation_id": new_id(), "state": {}, "status": "completed", "inquiries": [],
        "messages": [{**chips, "answer": {"chip_id": "yes", "label": "네"}}, answer],
    }  # fmt: skip
    (row,) = call(db, "chat_import", user_id=user, flow_version="flow", flow={}, conversations=[wanted]).body
    assert (row["rev"], revs(db, row["id"])) == (4, [3, 2])


def test_markers_and_what_only_operators_see_have_none(db: Connection[Any]) -> None:
    user = add_user(db)
    own = add_conversation(db, user)
    add_message(db, user, own)
    desk = "select changes, customer_rev from public.chat_desk where conversation_id = %s"
    before = conversation_row(db, own)["rev"], db.execute(desk, [own]).fetchone()
    assert call(db, "chat_mark_read", member=user, conversation_id=own).body["unread_count"] == 0
    assert call(db, "chat_type", user_id=user, conversation_id=own, is_typing=True).code == "ok"
    assert (conversation_row(db, own)["rev"], db.execute(desk, [own]).fetchone()) == before
    db.execute("update public.chat_desk set changes = changes + 1 where conversation_id = %s", [own])
    add_message(db, user, own, role="user")
    assert conversation_row(db, own)["rev"] == 2
    assert db.execute(desk, [own]).fetchone() == (1, 3)


def test_a_write_that_is_rolled_back_leaves_no_gap(db: Connection[Any]) -> None:
    user = add_user(db)
    own = add_conversation(db, user)
    db.execute("savepoint before")
    add_message(db, user, own)
    db.execute("rollback to savepoint before")
    add_message(db, user, own)
    assert revs(db, own) == [1]
    # A reply that is refused in its middle, too.
    assert reply(db, user, own, 0, turn(None, said(), said(content=None))).code != "ok"
    assert conversation_row(db, own)["rev"] == 1


def test_who_pulls_what_changed_ends_with_what_there_is(
    stack: LocalStack, root: Connection[Any], member: Member, conversation: str
) -> None:
    """Eight write, answer and rate at once; somebody pulls all the while, each time after what came last."""
    root.execute("update public.chat_conversations set rating_asked_at = now() where id = %s", [conversation])
    held: dict[str, dict[str, Any]] = {}
    finished = threading.Event()

    def write(writer: int) -> None:
        with connect(stack) as own:
            for n in range(5):
                asked = add_chips(own, member.id, conversation)
                own.commit()
                add_answer(own, member.id, conversation, asked, {"type": "chip", "chip_id": "yes"})
                own.commit()
                version = conversation_row(own, conversation)["state_version"]
                # Who comes too late writes nothing.
                reply(own, member.id, conversation, version, turn(None, said(content=f"{writer}/{n}")))
                own.commit()
                call(
                    own, "chat_rate", user_id=member.id, conversation_id=conversation, score=1 + n, comment=f"{writer}"
                )
                own.commit()

    def pull() -> int:
        after = 0
        with connect(stack) as own:
            while True:
                last = finished.is_set()
                found = call(own, "chat_changed", member=member.id, conversation_id=conversation, after_rev=after).body
                own.commit()
                numbers = [row["rev"] for row in found["messages"]]
                assert numbers == sorted(set(numbers))
                assert not numbers or (numbers[0] > after and numbers[-1] <= found["conversation"]["rev"])
                held.update({row["id"]: row for row in found["messages"]})
                # Short of the limit it has everything up to the conversation's own number.
                after = numbers[-1] if found["has_more"] else found["conversation"]["rev"]
                if last and not found["has_more"]:
                    return after

    pulled: list[int] = []
    reader = threading.Thread(target=lambda: pulled.append(pull()))
    reader.start()
    try:
        at_once([partial(write, writer) for writer in range(WRITERS)])
    finally:
        finished.set()
        reader.join()
    rows = messages_of(root, conversation)
    assert len({row["rev"] for row in rows}) == len(rows)
    assert pulled == [conversation_row(root, conversation)["rev"]]
    assert {key: (row["rev"], row["answer"]) for key, row in held.items()} == {
        row["id"]: (row["rev"], row["answer"]) for row in rows
    }


@pytest.mark.parametrize("limit", [1, 3, 200])
def test_pages_of_what_changed_leave_nothing_out(db: Connection[Any], limit: int) -> None:
    user = add_user(db)
    own = add_conversation(db, user)
    asked = add_chips(db, user, own)
    clicked = add_answer(db, user, own, asked, {"type": "chip", "chip_id": "yes"})
    for _ in range(4):
        add_message(db, user, own)
    # The first row of all is the last that changed.
    assert reply(db, user, own, 0, turn(clicked, answer={"chip_id": "yes", "label": "네"})).body["applied"]
    found, after, more = [], 0, True
    while more:
        page = call(db, "chat_changed", member=user, conversation_id=own, after_rev=after, limit=limit).body
        found += [row["rev"] for row in page["messages"]]
        after, more = found[-1], page["has_more"]
    assert found == [2, 3, 4, 5, 6, 7]


def test_a_page_of_what_changed_has_a_size(db: Connection[Any]) -> None:
    user = add_user(db)
    own = add_conversation(db, user)
    for _ in range(70):
        add_message(db, user, own, kind="chips", payload={"text": "x" * 65_000})
    page = call(db, "chat_changed", member=user, conversation_id=own, after_rev=0).body
    assert 50 < len(page["messages"]) < 70
    assert page["has_more"]


def test_the_desk_follows_in_the_same_transaction(db: Connection[Any]) -> None:
    user = add_user(db)
    own = add_conversation(db, user)
    seen = """
        select d.status, d.handling, d.channel, d.last_message_at = c.last_message_at, d.cx = pg_current_xact_id()
        from public.chat_desk d join public.chat_conversations c on c.id = d.conversation_id where c.id = %s
    """
    changes = [
        "update public.chat_conversations set handling = 'waiting', rev = rev + 1 where id = %s",
        "update public.chat_conversations set rating = '{}', rev = rev + 1 where id = %s",
        "update public.chat_conversations set last_message_at = last_message_at - interval '1 day' where id = %s",
        "update public.chat_conversations set status = 'completed', rev = rev + 1 where id = %s",
    ]
    for change in changes:
        # As if another transaction had been at it.
        db.execute("update public.chat_desk set cx = '3', rev_cx = '3' where conversation_id = %s", [own])
        db.execute(change.encode(), [own])
        row = conversation_row(db, own)
        assert db.execute(seen, [own]).fetchone() == (row["status"], row["handling"], "web", True, True), change


def test_the_last_row_that_changed_is_told_where_the_rest_was_moved(db: Connection[Any]) -> None:
    # Carried over from before there were numbers: they are nobody's news.
    user = add_user(db)
    own = add_conversation(db, user)
    old = add_message(db, user, own)["id"]
    db.execute("update public.chat_messages set rev = 0 where id = %s", [old])
    add_row(
        db,
        "chat_messages",
        {"user_id": user, "conversation_id": own, "role": "bot", "kind": "text", "content": "새 글"},
    )
    changed = call(db, "chat_changed", member=user, conversation_id=own, after_rev=-5).body
    assert [row["content"] for row in changed["messages"]] == ["새 글"]
