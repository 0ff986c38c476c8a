"""One request heals any backlog that a member wrote past us: answered as far as a round goes, and nothing is lost."""

from typing import Any

import pytest
from psycopg import Connection

from tests.db.chats import add_answer, add_chips, add_message, add_texts, conversation_row, messages_of
from tests.stack import Member
from tests.web.chat import FORM, Api, at_form, new_id, text

pytestmark = pytest.mark.tried("attacks")


def inquiries(root: Connection[Any], conversation: str) -> list[Any]:
    found = root.execute("select values from public.chat_inquiries where conversation_id = %s", [conversation])
    return [row[0] for row in found]


def test_4990_long_messages_are_healed_by_one_request(api: Api, root: Connection[Any], member: Member) -> None:
    chat = api.begin()
    add_texts(root, member.id, chat.id, 4990, "😀" * 4000)
    client_id = new_id()
    healed = chat.write(client_id=client_id)
    assert (healed.status, healed.body["replayed"]) == (201, False)
    row = conversation_row(root, chat.id)
    assert (row["message_count"], row["status"]) == (5000, "completed")
    # Everything that was said is handled: nothing waits, so nothing can fail again.
    said = [one["seq"] for one in messages_of(root, chat.id) if one["role"] == "user"]
    assert row["handled_seq"] == max(said)
    again = chat.write(client_id=client_id)
    assert (again.status, again.body["replayed"]) == (200, True)


def test_the_newest_are_answered_and_what_was_answered_before_is_recorded(
    api: Api, root: Connection[Any], member: Member
) -> None:
    chat = at_form(api)
    form, chips = chat.form_id, add_chips(root, member.id, chat.id)
    handed_in = add_answer(root, member.id, chat.id, form, {"type": "form", "values": FORM})
    clicked = add_answer(root, member.id, chat.id, chips, {"type": "chip", "chip_id": "yes"})
    add_texts(root, member.id, chat.id, 80)
    sent = chat.write("계신가요?")
    assert sent.status == 201
    assert sent.texts[0] == ("user", "text", "계신가요?")
    assert len(sent.messages) > 1
    rows = messages_of(root, chat.id)
    by_id = {row["id"]: row for row in rows}
    assert by_id[form]["answer"] == {"values": FORM}
    assert by_id[chips]["answer"] == {"chip_id": "yes", "label": "네"}
    assert all(by_id[asked]["answered_at"] for asked in (form, chips))
    assert inquiries(root, chat.id) == [FORM]
    waiting = [row["id"] for row in rows if row["role"] == "user" and row["content"] in {"기다림", "계신가요?"}]
    turns = {row["turn_id"] for row in rows if row["role"] == "bot"}
    assert [one in turns for one in waiting] == [False] * 31 + [True] * 50
    assert not turns & {handed_in, clicked}
    assert conversation_row(root, chat.id)["handled_seq"] == by_id[waiting[-1]]["seq"]


def test_an_invalid_form_among_the_older_ones_hands_nothing_in(api: Api, root: Connection[Any], member: Member) -> None:
    chat = at_form(api)
    add_answer(root, member.id, chat.id, chat.form_id, {"type": "form", "values": {"email": "x"}})
    add_texts(root, member.id, chat.id, 60)
    assert chat.write().status == 201
    assert {row["id"]: row["answer"] for row in messages_of(root, chat.id)}[chat.form_id] == {}
    assert inquiries(root, chat.id) == []


@pytest.mark.parametrize("event", ["text", "form"])
def test_a_conversation_that_an_operator_closed_keeps_what_waits_and_stays_closed(
    api: Api, root: Connection[Any], member: Member, event: str
) -> None:
    chat = at_form(api)
    client_id = new_id()
    row: dict[str, Any] = {"role": "user", "client_message_id": client_id, "content": "기다림"}
    if event == "form":
        row |= {"in_reply_to": chat.form_id, "event": {"type": "form", "values": FORM}}
    add_message(root, member.id, chat.id, **row)
    before = conversation_row(root, chat.id)
    root.execute("update public.chat_conversations set status = 'completed' where id = %s", [chat.id])
    healed = chat.submit(client_id=client_id) if event == "form" else chat.send(text("기다림"), client_id)
    assert (healed.status, len(healed.messages)) == (201, 1)
    assert healed.body["conversation"]["status"] == "completed"
    assert inquiries(root, chat.id) == ([FORM] if event == "form" else [])
    after = conversation_row(root, chat.id)
    assert (after["status"], after["state"], after["last_seq"]) == ("completed", before["state"], before["last_seq"])
    again = chat.submit(client_id=client_id) if event == "form" else chat.send(text("기다림"), client_id)
    assert (again.status, again.body["replayed"]) == (200, True)
    assert chat.write().refusal == (409, "conversation_completed")
