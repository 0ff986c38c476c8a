"""Bodies, limits and cursors that cannot be meant are invalid, and each says which part of it is."""

import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from psycopg import Connection

from tests.db.chats import everything
from tests.stack import Member
from tests.web.chat import FORM, Answer, Api, at_form, chip, form, new_id, text


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"clientConversationId": None},
        {"clientConversationId": "7"},
        {"clientConversationId": new_id(), "requestId": "7"},
        {"clientConversationId": new_id(), "userId": new_id()},
        {"clientConversationId": new_id(), "id": new_id()},
        {"client_conversation_id": new_id()},
    ],
    ids=str,
)
def test_a_conversation_of_another_shape_is_invalid(api: Api, root: Connection[Any], body: dict[str, Any]) -> None:
    before = everything(root)
    answer = api.call("POST", "/conversations", body)
    assert answer.refusal == (422, "invalid")
    assert answer.body["errors"]
    assert everything(root) == before


@pytest.mark.parametrize("limit", ["0", "-1", "201", "1.5", "ten", "", " 1", "1e2", "٣", "99999999999999999999"])
def test_a_limit_outside_of_1_to_200_is_invalid(api: Api, limit: str) -> None:
    answer = api.conversations(limit=limit)
    assert answer.refusal == (422, "invalid")
    assert [fault["field"] for fault in answer.body["errors"]] == ["limit"]


def cursor_of(time: str, key: str = "11111111-1111-4111-8111-111111111111") -> str:
    return base64.urlsafe_b64encode(f"{time}|{key}".encode()).decode()


# Python reads these times, and no place in a list has them.
NO_PLACES = (
    "2026-11-22T06:01:37", "2026-11-22", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00",
    "0001-01-01T00:00:00+23:59",
)  # fmt: skip


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "7", "e30=", "MjAyNnx4", "MjAyNi0xMS0yMnw3", "é", "A" * 5000, *map(cursor_of, NO_PLACES),
        cursor_of("2026-11-22T06:01:37+24:00"), cursor_of("2026-11-22T06:01:37Z", "7"),
        cursor_of("2026-11-22T06:01:37Z") + "!", "-_" + cursor_of("2026-11-22T06:01:37Z"),
    ],
)  # fmt: skip
def test_a_cursor_that_is_none_of_ours_is_invalid(api: Api, cursor: str) -> None:
    answer = api.conversations(cursor=cursor)
    assert answer.refusal == (422, "invalid")
    assert [fault["field"] for fault in answer.body["errors"]] == ["cursor"]


@pytest.mark.parametrize("offset", ["+15:59", "+16:00", "-16:00", "+23:59", "-23:59", "+09:00:30", "+00:00"])
def test_a_cursor_means_its_moment_whatever_its_offset(api: Api, offset: str) -> None:
    chat = api.begin()
    past = "2001-01-01T00:00:00" + offset
    assert api.conversations(cursor=cursor_of(past)).body == {"conversations": [], "nextCursor": None}
    future = "9998-12-31T00:00:00" + offset
    assert chat.id in [one["id"] for one in api.conversations(cursor=cursor_of(future)).body["conversations"]]
    assert api.conversations(cursor=cursor_of("0002-01-01T00:00:00" + offset)).status == 200


def test_faults_of_a_query_are_told_all_at_once(api: Api) -> None:
    assert fields(api.conversations(limit="0", cursor="x")) == ["limit", "cursor"]
    assert fields(api.begin().page(limit="x", before="x", after="x")) == ["limit", "before", "after"]
    assert fields(api.begin().page(limit="x", before="5", after="2")) == ["limit", "after"]


def fields(answer: Answer) -> list[str]:
    assert answer.refusal == (422, "invalid")
    return [fault["field"] for fault in answer.body["errors"]]


BAD_IDS = {"clientMessageId": "7", "requestId": "8"}


@pytest.mark.parametrize(
    ("event", "faulty"),
    [
        (text(""), ["event.content"]),
        (text("\u3000 \n"), ["event.content"]),
        (text("가" * 4001), ["event.content"]),
        (text("a\0b"), ["event.content"]),
        (text("a\ud800"), ["event.content"]),
        ({"type": "text", "content": "", "role": "bot"}, ["event.content", "event.role"]),
        ({"type": "chip", "chipId": ""}, ["event.messageId", "event.chipId"]),
        ({"type": "form", "values": []}, ["event.messageId", "event.values"]),
        ({"type": "text", "content": "", "\ud800": 1}, ["event.\\ud800", "event.content"]),
    ],
    ids=repr,
)
def test_faults_of_a_turn_are_told_all_at_once(api: Api, event: dict[str, Any], faulty: list[str]) -> None:
    chat = api.begin()
    answer = api.call("POST", f"/conversations/{chat.id}/turns", raw({**BAD_IDS, "event": event, "userId": "x"}))
    assert sorted(fields(answer)) == sorted(["clientMessageId", "requestId", "userId", *faulty])


def test_faults_that_only_the_conversation_knows_are_told_with_the_others(api: Api) -> None:
    chat = at_form(api)
    event = form(chat.form_id, {**FORM, "email": "x", "title": "", "\ud800": 1})
    answer = api.call("POST", f"/conversations/{chat.id}/turns", raw({"clientMessageId": "7", "event": event}))
    assert {"clientMessageId", "event.values.email", "event.values.title", "event.values.\\ud800"} == set(
        fields(answer)
    )
    answer = api.turn(chat.id, chip(api.begin().chips, "nothing"), "7")
    assert set(fields(answer)) == {"clientMessageId", "event.chipId"}
    chat = api.begin()
    assert fields(api.turn(chat.id, chip(chat.chips, "shipping"), "7")) == ["clientMessageId"]
    assert set(fields(api.turn(chat.id, chip(chat.chips, "nothing"), "7"))) == {"clientMessageId", "event.chipId"}


def test_faults_of_an_inquiry_and_of_an_import_are_told_all_at_once(api: Api) -> None:
    inquiry = {
        "clientInquiryId": "7",
        "flowVersion": "x",
        "stepId": "write",
        "values": {**FORM, "email": "x", "odd": "1"},
    }
    assert set(fields(api.call("POST", "/inquiries", inquiry))) == {"clientInquiryId", "values.email", "values.odd"}
    assert set(fields(api.call("POST", "/inquiries", {**inquiry, "stepId": "nowhere"}))) == {
        "clientInquiryId",
        "stepId",
    }
    events = [{"clientMessageId": "7", "event": {"type": "chip", "messageId": "8", "chipId": ""}}]
    conversation = {"clientConversationId": "9", "flowVersion": "", "events": events}
    at = "conversations.0"
    assert set(fields(api.call("POST", "/import", {"conversations": [conversation]}))) == {
        f"{at}.clientConversationId", f"{at}.flowVersion", f"{at}.events.0.clientMessageId",
        f"{at}.events.0.event.messageId", f"{at}.events.0.event.chipId",
    }  # fmt: skip


def raw(body: dict[str, Any]) -> bytes:
    """The body as JSON whose odd characters are escaped."""
    return json.dumps(body).encode()


NIL = str(UUID(int=0))


def test_the_nil_uuid_is_an_id_like_any_other(api: Api) -> None:
    """It stands for nothing inside: what was saved under it must not be found for a body that has no id."""
    chat = api.begin()
    assert api.turn(chat.id, text("이 번호로"), NIL).status == 201
    assert api.turn(chat.id, text("이 번호로"), NIL).status == 200
    assert api.turn(chat.id, text("다른 말"), NIL).refusal == (409, "idempotency_conflict")
    for client_id in ("7", None, 7, {}):
        body = {"clientMessageId": client_id, "event": text()}
        assert fields(api.call("POST", f"/conversations/{chat.id}/turns", body)) == ["clientMessageId"]
    assert fields(api.turn(chat.id, {"type": "chip", "messageId": "7", "chipId": "a"}))[0] == "event.messageId"
    assert api.turn(chat.id, chip(NIL, "shipping")).refusal == (422, "unknown_chip")
    assert fields(api.read(chat.id, "7")) == ["upToMessageId"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "-1"},
        {"limit": "x"},
        {"limit": ""},
        {"before": "x"},
        {"before": ""},
        {"after": "-1"},
        {"after": "1.5"},
        {"after": "9" * 30},
        {"before": "5", "after": "2"},
    ],
    ids=str,
)
def test_a_query_that_cannot_be_meant_is_invalid(api: Api, query: dict[str, str]) -> None:
    answer = api.begin().page(**query)
    assert answer.refusal == (422, "invalid")
    assert answer.body["errors"][0]["field"] in query


@pytest.mark.parametrize("query", [{}, {"limit": 0}, {"before": "x"}], ids=str)
def test_a_conversation_that_is_not_there_comes_before_a_bad_query(api: Api, query: dict[str, Any]) -> None:
    assert api.page(new_id(), **query).refusal == (404, "not_found")
