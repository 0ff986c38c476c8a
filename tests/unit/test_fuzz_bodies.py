"""Whatever arrives as a body becomes a model or a refusal with a code, and a refusal can always be told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from service.conversations.models import ConversationBody, ReadBody, TurnBody
from service.core.errors import Invalid, InvalidForm, MunuiError
from service.core.text import is_storable
from service.dialogue.flows.loader import load_flow
from service.dialogue.form import check_form
from service.dialogue.replay import replay_guest
from service.dialogue.replayed import Said
from service.dialogue.table import compile_flow
from service.guests.api import _happened
from service.guests.models import ImportBody, InquiryBody
from service.http.json_body import json_object, validated

MODELS: list[type[BaseModel]] = [ConversationBody, TurnBody, ReadBody, InquiryBody, ImportBody]
FLOW = compile_flow(load_flow())
PAYLOAD = FLOW.tables["ko"]["steps"]["write"]["form"]
NAMES = [field["name"] for field in PAYLOAD["fields"]]
KEYS = st.sampled_from(
    ["clientConversationId", "clientMessageId", "clientInquiryId", "requestId", "event", "type", "content", "messageId",
     "chipId", "values", "conversations", "events", "flowVersion", "stepId", "upToMessageId"]
)  # fmt: skip
TEXT = st.text(st.characters(), max_size=30)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT, st.uuids().map(str),
    st.sampled_from(["text", "chip", "form", "\x00", "\ud800", "1" * 300]),
)  # fmt: skip
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | TEXT, inner, max_size=5), max_leaves=25
)
OBJECTS = st.dictionaries(KEYS | TEXT, JSON, max_size=5)
app = Flask(__name__)


def refused_well(error: MunuiError, *codes: str, has_errors: bool = True) -> None:
    """Assert that a refusal has one of the codes, names its faults, and can be written into an answer."""
    assert error.code in codes
    assert bool(error.errors) == has_errors
    for fault in error.errors:
        assert is_storable(fault.field)
        assert is_storable(fault.message)
        assert len(fault.field) <= 300
        json.dumps([fault.field, fault.message], ensure_ascii=False).encode()


@settings(max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=200), JSON.map(lambda value: json.dumps(value).encode()), TEXT.map(repr).map(str.encode)
    )
)
@example(b"\xef\xbb\xbf{}")
@example(b'{"a": 1e999}')
@example(b'{"a": NaN}')
@example(b'{"a": 1, "a": 2}')
@example(b"[" * 60000)
@example(b'{"a": ' + b"9" * 5000 + b"}")
def test_any_bytes(sent: bytes) -> None:
    with app.test_request_context("/", method="POST", data=sent, content_type="application/json"):
        try:
            body = json_object()
        except MunuiError as error:
            refused_well(error, "malformed_json", "payload_too_large", has_errors=False)
        else:
            assert body == json.loads(sent)


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=75)
@given(body=OBJECTS)
def test_any_object(model: type[BaseModel], body: dict[str, Any]) -> None:
    try:
        made = validated(model, body)
    except Invalid as error:
        refused_well(error, "invalid")
    else:
        assert isinstance(made, model)


# What a browser says that it was answered; nothing of it is held by an article.
ANSWERED = st.fixed_dictionaries(
    {
        "locale": st.sampled_from(["ko", "en"]),
        "source": st.none()
        | st.fixed_dictionaries(
            {"articleId": st.uuids().map(str), "version": st.integers(1, 9), "place": st.integers(0, 9)}
        ),
    }
)
EVENTS = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "content": TEXT}, optional={"answered": ANSWERED}),
    st.fixed_dictionaries({"type": st.just("chip"), "messageId": st.uuids().map(str), "chipId": st.text(min_size=1)}),
    st.fixed_dictionaries({"type": st.just("form"), "messageId": st.uuids().map(str), "values": OBJECTS}),
)
GUESTS = st.fixed_dictionaries(
    {
        "clientConversationId": st.uuids().map(str),
        "flowVersion": st.sampled_from([FLOW.version, "an older one"]),
        "events": st.lists(
            st.fixed_dictionaries({"clientMessageId": st.uuids().map(str), "event": EVENTS}), max_size=8
        ),
    }
)


@settings(max_examples=150)
@given(st.lists(GUESTS, max_size=3))
def test_any_import_that_is_well_formed_is_replayed(conversations: list[dict[str, Any]]) -> None:
    try:
        body = validated(ImportBody, {"conversations": conversations})
    except Invalid as error:
        refused_well(error, "invalid")
        return
    for guest in body.conversations:
        replay = replay_guest(
            FLOW,
            conversation_id=uuid4(),
            guest_conversation_id=guest.client_conversation_id,
            events=[_happened(one, {}) for one in guest.events],
            locale="ko",
            now=datetime.now(UTC),
        )
        known = {one.client_message_id for one in guest.events}
        assert {event.client_message_id for event in replay.rejected} <= known
        said = {one.message.client_message_id for one in replay.messages if isinstance(one.message, Said)}
        assert said <= known


# What cannot be stored is refused before: `validated` looks at names, too.
VALUES = st.dictionaries(
    st.sampled_from(NAMES) | TEXT.filter(is_storable),
    st.one_of(JSON, st.sampled_from(["me@example.com", "010-1234-5678", "other", True, "x" * 5000])),
)


@settings(max_examples=150)
@given(VALUES, st.sampled_from(["ko", "en"]))
def test_any_values_of_a_form(values: dict[str, Any], locale: Any) -> None:
    try:
        kept = check_form(PAYLOAD, values, locale)
    except InvalidForm as error:
        refused_well(error, "invalid_form")
        return
    assert set(kept) <= set(NAMES)
    # What was kept is a valid form itself, and says the same.
    assert check_form(PAYLOAD, kept, locale) == kept
