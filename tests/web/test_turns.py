"""A turn of a member, end to end: what is answered, what is saved, and that it is saved once."""

import json
import threading
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from flask import Flask
from psycopg import Connection
from werkzeug.serving import make_server

from scripts.local import LocalStack
from tests.concurrency import PATIENCE, at_once
from tests.db.chats import conversation_row, everything, messages_of
from tests.stack import Member
from tests.web.apps import stack_app
from tests.web.chat import (
    EVENTS,
    Answer,
    Api,
    at_form,
    chip,
    completed,
    form,
    new_id,
    text,
    through_app,
    through_http,
)

MESSAGE_FIELDS = {
    "id", "conversationId", "role", "kind", "content", "payload", "inReplyTo", "clientMessageId", "requestId",
    "createdAt", "answeredAt", "answer", "author", "status", "rev", "cursor",
}  # fmt: skip
CONVERSATION_FIELDS = {
    "id", "clientConversationId", "status", "createdAt", "unreadCount", "lastReadAt", "title", "lastMessage",
    "handling", "channel", "rev", "agent", "ratingAsked",
}  # fmt: skip


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


def unanswered(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "answer": None, "answeredAt": None, "rev": None}


def test_a_turn_over_http(stack: LocalStack, app: Flask, member: Member, root: Connection[Any]) -> None:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        with httpx.Client(base_url=address, trust_env=False, timeout=PATIENCE) as client:
            api = Api(through_http(client), member.access_token)
            chat = api.begin()
            answer = chat.write("배송이 언제 오나요?")
            page = chat.page()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert (answer.status, answer.body["replayed"]) == (201, False)
    assert answer.headers["content-type"] == "application/json"
    assert answer.texts[0] == ("user", "text", "배송이 언제 오나요?")
    assert [role for role, _, _ in answer.texts[1:]] == ["bot"] * (len(answer.texts) - 1)
    assert len(answer.texts) > 1
    assert page.messages == chat.opened.messages + answer.messages
    assert [row["id"] for row in messages_of(root, chat.id)] == [one["id"] for one in page.messages]


@pytest.mark.parametrize("name", EVENTS)
def test_an_answer_has_exactly_the_fields_of_the_contract(api: Api, name: str) -> None:
    begin, event = EVENTS[name]
    chat = begin(api)
    opened, answer = chat.opened, chat.send(event(chat))
    assert set(opened.body) == {"conversation", "messages", "replayed"}
    assert set(answer.body) == {"conversation", "messages", "updatedMessages", "replayed"}
    for told in (opened, answer):
        assert set(told.body["conversation"]) == CONVERSATION_FIELDS
        for message in told.messages + told.body.get("updatedMessages", []):
            assert set(message) == MESSAGE_FIELDS
            assert message["conversationId"] == chat.id
            assert message["createdAt"].endswith("Z")
    assert answer.body["conversation"]["lastMessage"] == answer.messages[-1]


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_comes_back_with_its_replies_and_what_it_answered(api: Api, name: str) -> None:
    begin, event = EVENTS[name]
    chat, client_id = begin(api), new_id()
    done = event(chat)
    answer = chat.send(done, client_id)
    said, *replies = answer.messages
    assert (said["role"], said["kind"], said["clientMessageId"]) == ("user", "text", client_id)
    assert said["inReplyTo"] == done.get("messageId")
    assert replies
    assert {one["role"] for one in replies} == {"bot"}
    updated = answer.body["updatedMessages"]
    assert [one["id"] for one in updated] == ([done["messageId"]] if "messageId" in done else [])
    for one in updated:
        assert one["answeredAt"] is not None
        wanted = {"chipId": "shipping", "label": "배송"} if name == "chip" else {"values": done["values"]}
        assert one["answer"] == wanted
    # And a page says the same of all of them.
    by_id = {one["id"]: one for one in chat.page().messages}
    assert [by_id[one["id"]] for one in answer.messages + updated] == answer.messages + updated


@pytest.mark.parametrize("name", EVENTS)
def test_a_repeat_is_a_replay_with_the_same_messages(api: Api, root: Connection[Any], name: str) -> None:
    begin, event = EVENTS[name]
    chat, client_id = begin(api), new_id()
    done = event(chat)
    first = chat.send(done, client_id)
    before = everything(root)
    again = chat.send(done, client_id)
    assert (first.status, first.body["replayed"]) == (201, False)
    assert (again.status, again.body["replayed"]) == (200, True)
    assert again.messages == first.messages
    assert again.body["updatedMessages"] == first.body["updatedMessages"]
    assert everything(root) == before


@pytest.mark.parametrize("name", EVENTS)
def test_a_repeat_after_completion_still_answers(api: Api, name: str) -> None:
    begin, event = EVENTS[name]
    chat, client_id = begin(api), new_id()
    done = event(chat)
    first = chat.send(done, client_id)
    if name == "text":
        chat.click("shipping")
    assert chat.click("okay").body["conversation"]["status"] == "completed"
    again = chat.api.turn(chat.id, done, client_id)
    assert (again.status, again.body["replayed"]) == (200, True)
    # Nothing but the mark of the click that came later is new.
    assert [unanswered(one) for one in again.messages] == [unanswered(one) for one in first.messages]
    assert again.body["updatedMessages"] == first.body["updatedMessages"]
    assert again.body["conversation"]["status"] == "completed"


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("other", ["text", "chip", "form"])
def test_another_event_under_the_same_id_is_a_conflict(api: Api, root: Connection[Any], name: str, other: str) -> None:
    begin, event = EVENTS[name]
    chat, client_id = begin(api), new_id()
    done = event(chat)
    assert chat.send(done, client_id).status == 201
    different = {
        "text": text("다른 말"),
        "chip": chip(chat.chips, "okay"),
        "form": form(done.get("messageId", chat.chips), {"title": "다른 제목"}),
    }[other]
    before = everything(root)
    assert chat.api.turn(chat.id, different, client_id).refusal == (409, "idempotency_conflict")
    assert everything(root) == before


def test_another_chip_under_the_same_id_is_a_conflict(api: Api, root: Connection[Any]) -> None:
    chat, client_id = api.begin(), new_id()
    asked = chat.chips
    assert chat.click("shipping", client_id).status == 201
    before = everything(root)
    for other in ("returns", "nothing"):
        assert api.turn(chat.id, chip(asked, other), client_id).refusal == (409, "idempotency_conflict")
    assert everything(root) == before


@pytest.mark.parametrize("name", EVENTS)
def test_sixteen_of_the_same_make_one_row_and_one_set_of_replies(api: Api, root: Connection[Any], name: str) -> None:
    begin, event = EVENTS[name]
    chat, client_id = begin(api), new_id()
    done, already = event(chat), len(messages_of(root, chat.id))
    answers = at_once([partial(api.turn, chat.id, done, client_id)] * 16)
    statuses = [answer.status for answer in answers]
    assert set(statuses) <= {200, 201}
    assert 201 in statuses
    assert all(answer.body["replayed"] is (answer.status == 200) for answer in answers)
    assert all(answer.messages == answers[0].messages for answer in answers)
    rows = messages_of(root, chat.id)[already:]
    assert [row["id"] for row in rows] == [one["id"] for one in answers[0].messages]
    inquiries = root.execute(
        "select count(*) from public.chat_inquiries where conversation_id = %s", [chat.id]
    ).fetchone()[0]
    assert inquiries == (1 if name == "form" else 0)


def test_sixteen_of_the_same_conversation_are_one(api: Api, root: Connection[Any]) -> None:
    client_id = new_id()
    answers = at_once([partial(api.open, client_id)] * 16)
    assert {answer.status for answer in answers} <= {200, 201}
    assert 201 in {answer.status for answer in answers}
    assert len({answer.body["conversation"]["id"] for answer in answers}) == 1
    assert all(answer.messages == answers[0].messages for answer in answers)
    count = "select count(*) from public.chat_conversations where client_conversation_id = %s"
    assert root.execute(count, [client_id]).fetchone()[0] == 1


def test_ids_of_the_bot_follow_from_the_conversation_the_message_and_the_place(api: Api, root: Connection[Any]) -> None:
    chat, client_id = api.begin(), new_id()
    answer = chat.click("shipping", client_id)
    turns = {"opening": chat.opened.messages, client_id: answer.messages[1:]}
    for turn, messages in turns.items():
        derived = [str(uuid.uuid5(uuid.UUID(chat.id), f"{turn}/{place}")) for place in range(len(messages))]
        assert [one["id"] for one in messages] == derived
        assert [one["clientMessageId"] for one in messages] == derived


def test_messages_of_a_turn_are_neighbours_in_order(api: Api, root: Connection[Any]) -> None:
    chat = at_form(api)
    answer = chat.submit()
    rows = messages_of(root, chat.id)
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert [one["cursor"] for one in answer.messages] == [str(row["seq"]) for row in rows[-len(answer.messages) :]]
    times = [row["created_at"] for row in rows]
    assert times == sorted(times)


@pytest.mark.parametrize("where", ["header", "body"])
def test_a_request_id_goes_in_through_and_out(
    app: Flask, member: Member, api: Api, root: Connection[Any], where: str
) -> None:
    chat, request_id = api.begin(), new_id()
    body: dict[str, Any] = {"clientMessageId": new_id(), "event": text()}
    headers = {"Authorization": f"Bearer {member.access_token}"}
    if where == "header":
        headers["X-Request-Id"] = request_id
    else:
        body["requestId"] = request_id
    with app.test_client() as client:
        answer = client.post(f"/api/v1/conversations/{chat.id}/turns", json=body, headers=headers)
    assert answer.headers["X-Request-Id"] == request_id
    assert {one["requestId"] for one in answer.json["messages"]} == {request_id}
    assert {row["request_id"] for row in messages_of(root, chat.id)[len(chat.opened.messages) :]} == {request_id}


def test_a_request_has_one_id_and_its_rows_the_one_of_its_body(
    app: Flask, member: Member, api: Api, root: Connection[Any], capfd: pytest.CaptureFixture[str]
) -> None:
    chat, header, given = api.begin(), new_id(), new_id()
    headers = {"Authorization": f"Bearer {member.access_token}", "X-Request-Id": header}
    path, client_id = f"/api/v1/conversations/{chat.id}/turns", new_id()
    with app.test_client() as client:
        capfd.readouterr()
        answer = client.post(
            path, json={"clientMessageId": client_id, "requestId": given, "event": text()}, headers=headers
        )
        refused = client.post(
            path, json={"clientMessageId": client_id, "requestId": given, "event": text("다른 말")}, headers=headers
        )
    assert {one["requestId"] for one in answer.json["messages"]} == {given}
    assert {row["request_id"] for row in messages_of(root, chat.id)[len(chat.opened.messages) :]} == {given}
    assert (answer.headers["X-Request-Id"], refused.headers["X-Request-Id"]) == (header, header)
    assert (refused.status_code, refused.json["requestId"]) == (409, header)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert {line["request_id"] for line in lines} == {header}


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ("  배송이 언제 오나요?\n", "배송이 언제 오나요?"),
        ("\u3000가\u2003나\u00a0", "가\u2003나"),
        ("😀" * 4000, "😀" * 4000),
        ("\u200b가", "\u200b가"),
        ("a\r\nb", "a\r\nb"),
        ("<b>\"\\'; drop table", "<b>\"\\'; drop table"),
    ],
    ids=lambda value: ascii(value[:12]),
)
def test_text_is_trimmed_and_otherwise_left_as_it_is(api: Api, content: str, kept: str) -> None:
    chat = api.begin()
    assert chat.write(content).messages[0]["content"] == kept


@pytest.mark.parametrize(
    "content",
    [
        "",
        " ",
        "\u3000\n\x1f",
        "\u200b",
        "\u3164\u2800",
        "\xad\u200e",
        "a" * 4001,
        "😀" * 4001,
        "a\x00b",
        "\x00",
        None,
        7,
        ["a"],
        {},
    ],
    ids=lambda value: ascii(value)[:12],
)
def test_text_that_cannot_be_kept_is_invalid(api: Api, root: Connection[Any], content: Any) -> None:
    chat = api.begin()
    before = everything(root)
    answer = api.turn(chat.id, {"type": "text", "content": content})
    assert answer.refusal == (422, "invalid")
    assert [fault["field"] for fault in answer.body["errors"]] == ["event.content"]
    assert everything(root) == before


@pytest.mark.parametrize("half", ["\\ud800", "\\udfff", "a\\ud83d b", "\\u0000", "\\ude00\\ud83d"])
def test_half_a_surrogate_pair_is_invalid(api: Api, root: Connection[Any], half: str) -> None:
    chat = api.begin()
    before = everything(root)
    raw = f'{{"clientMessageId": "{new_id()}", "event": {{"type": "text", "content": "{half}"}}}}'
    answer = api.call("POST", f"/conversations/{chat.id}/turns", raw.encode())
    assert answer.refusal == (422, "invalid")
    assert everything(root) == before


def test_a_whole_surrogate_pair_is_one_character(api: Api) -> None:
    chat = api.begin()
    raw = f'{{"clientMessageId": "{new_id()}", "event": {{"type": "text", "content": "\\ud83d\\ude00"}}}}'
    answer = api.call("POST", f"/conversations/{chat.id}/turns", raw.encode())
    assert answer.messages[0]["content"] == "😀"


@pytest.mark.parametrize(
    "change",
    [
        {"clientMessageId": None},
        {"clientMessageId": "7"},
        {"requestId": "7"},
        {"event": None},
        {"event": {}},
        {"event": {"type": "file"}},
        {"event": {"type": "chip", "messageId": new_id()}},
        {"event": {"type": "chip", "messageId": "7", "chipId": "a"}},
        {"event": {"type": "form", "messageId": new_id()}},
        {"event": {"type": "form", "messageId": new_id(), "values": []}},
        {"userId": new_id()},
        {"event": {"type": "text", "content": "안녕", "role": "bot"}},
    ],
    ids=str,
)
def test_a_body_of_another_shape_is_invalid(api: Api, root: Connection[Any], change: dict[str, Any]) -> None:
    chat = api.begin()
    before = everything(root)
    body = {"clientMessageId": new_id(), "event": text(), **change}
    answer = api.call("POST", f"/conversations/{chat.id}/turns", body)
    assert answer.refusal == (422, "invalid")
    assert all(set(fault) == {"field", "message"} for fault in answer.body["errors"])
    assert answer.body["errors"]
    assert everything(root) == before


def test_a_stranger_finds_nothing(api: Api, foreign_api: Api, root: Connection[Any]) -> None:
    chat = at_form(api)
    before = everything(root)

    def answers(conversation: str) -> list[Answer]:
        return [
            foreign_api.turn(conversation, text()),
            foreign_api.turn(conversation, chip(chat.chips, "shipping")),
            foreign_api.turn(conversation, form(chat.form_id)),
            foreign_api.turn(conversation, {"type": "text", "content": ""}),
            foreign_api.page(conversation),
            foreign_api.page(conversation, limit=0),
            foreign_api.read(conversation),
            foreign_api.read(conversation, chat.chips),
        ]

    def told(answer: Answer) -> dict[str, Any]:
        return {name: value for name, value in answer.body.items() if name != "requestId"} | {"": answer.status}

    foreign, missing, odd = (answers(which) for which in (chat.id, new_id(), "no-uuid"))
    assert [answer.refusal for answer in foreign] == [(404, "not_found")] * 8
    assert [told(answer) for answer in foreign] == [told(answer) for answer in missing]
    assert [answer.refusal for answer in odd] == [(404, "not_found")] * 8
    assert foreign_api.conversations().body["conversations"] == []
    assert everything(root) == before


def test_a_strangers_conversation_id_may_be_ones_own_client_id(api: Api, foreign_api: Api) -> None:
    client_id = new_id()
    own, foreign = api.open(client_id), foreign_api.open(client_id)
    assert (own.status, foreign.status) == (201, 201)
    assert own.body["conversation"]["id"] != foreign.body["conversation"]["id"]
    assert client_id not in {own.body["conversation"]["id"], foreign.body["conversation"]["id"]}
    assert foreign_api.page(own.body["conversation"]["id"]).status == 404


def test_a_completed_conversation_takes_nothing(api: Api, root: Connection[Any]) -> None:
    chat = completed(api)
    before = everything(root)
    assert chat.write().refusal == (409, "conversation_completed")
    assert everything(root) == before


def test_a_conversation_at_its_cap_ends_cleanly(api: Api, root: Connection[Any]) -> None:
    for free in (2, 1):
        chat = api.begin()
        root.execute("update public.chat_conversations set message_count = %s where id = %s", [5000 - free, chat.id])
        client_id = new_id()
        answer = chat.write(client_id=client_id)
        assert (answer.status, answer.body["conversation"]["status"]) == (201, "completed")
        assert len(answer.messages) == free
        again = chat.write(client_id=client_id)
        assert (again.status, again.messages) == (200, answer.messages)
        assert chat.write().refusal == (409, "conversation_completed")
        row = conversation_row(root, chat.id)
        assert (row["message_count"], row["handled_seq"]) == (5000, int(answer.messages[0]["cursor"]))


def test_a_conversation_that_was_filled_past_the_service_takes_no_more(api: Api, root: Connection[Any]) -> None:
    chat = at_form(api)
    root.execute("update public.chat_conversations set message_count = 5000 where id = %s", [chat.id])
    before = everything(root)
    assert chat.write().refusal == (409, "conversation_completed")
    assert chat.submit().refusal == (409, "conversation_completed")
    assert everything(root) == before


@pytest.mark.parametrize("place", [0, 1])
def test_an_id_of_the_bot_that_the_member_took_first_does_not_stick_the_turn(
    api: Api, root: Connection[Any], place: int
) -> None:
    chat, client_id = api.begin(), new_id()
    derived = [str(uuid.uuid5(uuid.UUID(chat.id), f"{client_id}/{n}")) for n in range(2)]
    assert chat.write("먼저 썼다", derived[place]).status == 201
    answer = chat.click("shipping", client_id)
    assert answer.status == 201
    assert [one["id"] for one in answer.messages[1:]] == derived
    assert chat.click("okay").body["conversation"]["status"] == "completed"


def test_a_token_that_outlives_its_account_reads_nothing_and_writes_nothing(
    api_of: Callable[[Member], Api], new_member: Callable[[], Member], root: Connection[Any]
) -> None:
    gone = new_member()
    api = api_of(gone)
    chat = at_form(api)
    root.execute("delete from auth.users where id = %s", [gone.id])
    before = everything(root)
    assert api.conversations().body == {"conversations": [], "nextCursor": None}
    assert chat.page().refusal == (404, "not_found")
    writes = {
        "open": api.open(),
        "open again": api.open(chat.opened.body["conversation"]["clientConversationId"]),
        "text": chat.write(),
        "chip": chat.click("shipping"),
        "form": chat.submit(),
        "read": api.read(chat.id),
        "read up to": api.read(chat.id, chat.chips),
        "text elsewhere": api.turn(new_id(), text()),
        "text that is empty": chat.write(""),
        "read badly": api.call("PUT", f"/conversations/{chat.id}/read", {"upToMessageId": 7}),
    }
    assert {name: answer.refusal for name, answer in writes.items()} == dict.fromkeys(writes, (401, "unauthenticated"))
    assert everything(root) == before


def test_two_apps_share_nothing_but_the_database(stack: LocalStack, member: Member, api: Api) -> None:
    other = Api(through_app(stack_app(stack)), member.access_token)
    chat, client_id = api.begin(), new_id()
    first = chat.write(client_id=client_id)
    again = other.turn(chat.id, text(), client_id)
    assert (again.status, again.messages) == (200, first.messages)
