"""A guest's events, run again: the same conversation as in the guest's browser, whatever else the browser says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from service.dialogue.flows.loader import load_flow
from service.dialogue.message import Message
from service.dialogue.replay import replay_guest
from service.dialogue.replayed import PastEvent, Replay, Said
from service.dialogue.table import compile_flow

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FLOW = compile_flow(load_flow())
GUEST = uuid4()
FORM = {
    "name": "김",
    "email": "me@example.com",
    "topic": "other",
    "title": "제목",
    "body": "내용입니다",
    "consent": True,
}
CATEGORIES = uuid5(GUEST, "opening/1")


def run(*events: PastEvent) -> Replay:
    return replay_guest(FLOW, conversation_id=uuid4(), guest_conversation_id=GUEST, events=events, locale="ko", now=NOW)


def click(question: UUID, chip: str) -> PastEvent:
    return PastEvent(uuid4(), answers=question, chip_id=chip)


def reply_id(event: PastEvent, place: int) -> UUID:
    """The id that the guest's browser derived."""
    return uuid5(GUEST, f"{event.client_message_id}/{place}")


def said(replay: Replay) -> list[str | None]:
    return [placed.message.content for placed in replay.messages]


def test_events_become_the_conversation_that_the_guest_saw() -> None:
    shipping = click(CATEGORIES, "shipping")
    okay = click(reply_id(shipping, 1), "okay")
    replay = run(shipping, okay)
    assert [p.message.content for p in replay.messages if isinstance(p.message, Said)] == ["배송", "괜찮아요"]
    assert said(replay)[-1] == "다른 문의사항이 있으면 새 대화를 이용해주세요."
    assert replay.state.is_completed
    assert len(replay.answers) == 2
    assert replay.rejected == ()


def test_a_form_is_kept_once_and_becomes_an_inquiry() -> None:
    write = click(CATEGORIES, "write")
    form = PastEvent(uuid4(), answers=reply_id(write, 1), values=FORM)
    replay = run(write, form, form)
    assert [(i.client_inquiry_id, i.values) for i in replay.inquiries] == [(form.client_message_id, FORM)]


def test_what_does_not_fit_is_rejected_and_the_rest_goes_on() -> None:
    shipping = click(CATEGORIES, "shipping")
    again = click(CATEGORIES, "returns")
    foreign = click(uuid4(), "okay")
    unknown = click(reply_id(shipping, 1), "no_such_chip")
    other = PastEvent(shipping.client_message_id, content="something else")
    text = PastEvent(uuid4(), content="안녕하세요")
    empty = PastEvent(uuid4(), content="  ")
    okay = click(reply_id(shipping, 1), "okay")
    late = PastEvent(uuid4(), content="아직 있나요?")
    replay = run(shipping, again, foreign, unknown, other, text, empty, okay, late)
    assert [event.code for event in replay.rejected] == [
        "already_answered", "unknown_chip", "unknown_chip", "idempotency_conflict", "invalid", "conversation_completed",
    ]  # fmt: skip
    assert "안녕하세요" in said(replay)
    assert replay.state.is_completed


EVENTS = st.builds(
    PastEvent,
    st.uuids(),
    st.one_of(st.none(), st.text(max_size=20)),
    st.one_of(st.none(), st.just(CATEGORIES), st.uuids()),
    st.one_of(st.none(), st.sampled_from(["shipping", "write", "okay"])),
    st.one_of(st.none(), st.just(FORM), st.dictionaries(st.text(max_size=5), st.integers())),
)


@settings(max_examples=200)
@given(st.lists(EVENTS, max_size=15))
def test_anything_may_be_sent(events: list[Any]) -> None:
    replay = run(*events)
    taken = [p.message for p in replay.messages if isinstance(p.message, Said)]
    assert len(taken) + len(replay.rejected) <= len(events)
    every = [p.message.id for p in replay.messages]
    assert len(set(every)) == len(every)
    assert all(message.content for message in taken)
    questions = {p.message.id for p in replay.messages if isinstance(p.message, Message)}
    assert set(replay.answers) <= questions
