"""Names, times, and what stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from service.conversations import shown
from service.conversations.models import TurnBody
from service.core import mapper

ROW = {
    "id": "1", "conversation_id": "2", "role": "bot", "kind": "form", "content": None,
    "payload": {"fields": [{"name": "order_no", "type": "text"}]}, "in_reply_to": None, "client_message_id": "3",
    "request_id": None, "created_at": "2026-11-22T15:01:37.5+09:00", "answered_at": None,
    "answer": {"chip_id": "a", "values": {"order_no": "7"}}, "seq": 12, "state": "secret",
    "author": None, "status": None, "rev": 3,
}  # fmt: skip


def test_a_message_has_the_names_of_the_contract() -> None:
    assert set(shown.message(ROW)) == {
        "id", "conversationId", "role", "kind", "content", "payload", "inReplyTo", "clientMessageId", "requestId",
        "createdAt", "answeredAt", "answer", "cursor", "author", "status", "rev",
    }  # fmt: skip


def test_data_of_their_own_keeps_its_names() -> None:
    told = shown.message(ROW)
    assert told["payload"]["fields"][0]["name"] == "order_no"
    assert told["answer"] == {"chipId": "a", "values": {"order_no": "7"}}


def test_times_are_utc() -> None:
    assert shown.message(ROW)["createdAt"] == "2026-11-22T06:01:37.500000Z"


@given(st.from_regex(r"[a-z]+(_[a-z]+)*", fullmatch=True))
def test_camel_loses_nothing(name: str) -> None:
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in mapper.camel(name))
    assert snake == name


def test_a_body_takes_outside_names_only() -> None:
    with pytest.raises(ValidationError):
        TurnBody.model_validate({"client_message_id": "0" * 32, "event": {"type": "text", "content": "x"}})
