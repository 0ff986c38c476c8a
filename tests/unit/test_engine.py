"""The engine: the shipped flow's turns, and what holds for any flow, any state and any event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.errors import ConversationCompleted, InvalidForm, MunuiError, UnknownChip
from service.core.ids import derived_ids
from service.core.locale import LOCALES
from service.dialogue.catch_up import catch_up
from service.dialogue.commands import SaveMessages
from service.dialogue.engine import open_conversation, take_turn
from service.dialogue.events import ChipClicked, Event, FormSubmitted, TextWritten
from service.dialogue.flows.loader import load_flow
from service.dialogue.message import Kind, Role, is_allowed
from service.dialogue.reply import Waiting
from service.dialogue.state import State
from service.dialogue.table import compile_flow
from service.dialogue.turn import Turn
from tests.vectors.generate import FLOWS

NOW = datetime(2026, 11, 22, 6, 1, 37, tzinfo=UTC)
CONVERSATION = uuid4()
INQUIRY = compile_flow(load_flow())
COMPILED = [compile_flow(load_flow(path)) for path in FLOWS.values()]
FORM = {
    "name": "김문의",
    "email": "me@example.com",
    "topic": "other",
    "title": "제목",
    "body": "내용입니다",
    "consent": True,
}


def ids(message: UUID | None = None) -> Any:
    return derived_ids(CONVERSATION, message or uuid4())


def texts(turn: Turn) -> list[str | None]:
    return [message.content for message in turn.messages]


def opened() -> Turn:
    return open_conversation(INQUIRY, "ko", derived_ids(CONVERSATION, None), NOW)


def after(*events: Event) -> Turn:
    turn = opened()
    for event in events:
        turn = take_turn(INQUIRY, turn.state, event, ids(), NOW)
    return turn


def test_a_conversation_opens_with_a_greeting_and_the_categories() -> None:
    turn = opened()
    assert [(m.role, m.kind) for m in turn.messages] == [(Role.BOT, Kind.TEXT), (Role.BOT, Kind.CHIPS)]
    assert turn.state == State("categories", "ko")


def test_a_category_leads_to_an_answer_and_the_completion_chips() -> None:
    turn = after(ChipClicked("categories", "shipping"))
    assert [m.kind for m in turn.messages] == [Kind.TEXT, Kind.CHIPS]
    assert turn.messages[1].payload == {
        "chips": [{"id": "okay", "label": "괜찮아요"}, {"id": "another", "label": "네 다른문의 할게요"}]
    }
    assert turn.answer is not None
    assert turn.answer.answer == {"chip_id": "shipping", "label": "배송"}


def test_okay_says_goodbye_and_completes() -> None:
    turn = after(ChipClicked("categories", "shipping"), ChipClicked("more", "okay"))
    assert texts(turn) == ["다른 문의사항이 있으면 새 대화를 이용해주세요."]
    assert turn.state.is_completed


def test_another_inquiry_begins_again_at_the_categories() -> None:
    turn = after(ChipClicked("categories", "shipping"), ChipClicked("more", "another"))
    assert texts(turn) == ["더 도와드릴 내용이 있나요?", "문의 유형을 선택해 주세요."]
    assert turn.state == State("categories", "ko")


def test_a_form_becomes_an_inquiry_and_its_values_are_repeated() -> None:
    turn = after(ChipClicked("categories", "write"), FormSubmitted("write", FORM))
    assert turn.inquiry is not None
    assert turn.inquiry.values == FORM
    assert texts(turn)[0] == "문의가 접수됐어요. me@example.com 주소로 답변을 보내 드릴게요."
    assert "consent" not in turn.state.variables


def test_a_restart_forgets_the_answers() -> None:
    turn = after(ChipClicked("categories", "write"), FormSubmitted("write", FORM), ChipClicked("more", "another"))
    assert turn.state.variables == {}


def test_a_bad_form_names_each_field() -> None:
    with pytest.raises(InvalidForm) as raised:
        after(ChipClicked("categories", "write"), FormSubmitted("write", {"email": "x", "odd": 1}))
    assert {fault.field for fault in raised.value.errors} == {
        f"event.values.{name}" for name in ("odd", "name", "email", "topic", "title", "body", "consent")
    }


def test_an_unknown_chip_is_refused() -> None:
    with pytest.raises(UnknownChip):
        after(ChipClicked("categories", "배송"))


def test_ids_follow_from_conversation_message_and_place() -> None:
    message = uuid4()
    turn = take_turn(INQUIRY, opened().state, ChipClicked("categories", "shipping"), ids(message), NOW)
    assert [m.id for m in turn.messages] == [uuid5(CONVERSATION, f"{message}/{place}") for place in (0, 1)]
    assert [m.client_message_id for m in turn.messages] == [m.id for m in turn.messages]


def test_both_languages_walk_the_same_road() -> None:
    roads = []
    for locale in LOCALES:
        turn = open_conversation(INQUIRY, locale, derived_ids(CONVERSATION, None), NOW)
        road = [[(m.role, m.kind, m.step_id) for m in turn.messages]]
        for event in (ChipClicked("categories", "write"), FormSubmitted("write", FORM), ChipClicked("more", "okay")):
            turn = take_turn(INQUIRY, turn.state, event, ids(), NOW)
            road.append([(m.role, m.kind, m.step_id) for m in turn.messages])
        roads.append(road)
    assert roads[0] == roads[1]


# --- what holds for any flow ------------------------------------------------------------------------------------------

NAMES = sorted({name for flow in COMPILED for name in flow.flow.steps} | {"nowhere"})
CHIPS = sorted(
    {chip.id for flow in COMPILED for step in flow.flow.steps.values() for line in step.say for chip in line.chips}
)
VALUES = st.dictionaries(
    st.sampled_from([*FORM, "choice", "note", "agree"]),
    st.one_of(st.sampled_from(list(FORM.values())), st.text(max_size=30), st.booleans(), st.none(), st.integers()),
)
EVENTS = st.one_of(
    st.builds(TextWritten, st.text(min_size=1, max_size=300)),
    st.builds(ChipClicked, st.sampled_from(NAMES), st.sampled_from([*CHIPS, "no_such_chip"])),
    st.builds(FormSubmitted, st.sampled_from(NAMES), VALUES),
    st.builds(FormSubmitted, st.just("write"), st.just(FORM)),
)


@settings(max_examples=300)
@given(st.sampled_from(COMPILED), st.sampled_from(LOCALES), st.lists(EVENTS, max_size=25))
def test_any_road_is_made_of_legal_turns_and_named_errors(flow: Any, locale: Any, events: list[Event]) -> None:
    state = open_conversation(flow, locale, derived_ids(CONVERSATION, None), NOW).state
    for event in events:
        before = state.to_json()
        try:
            turn = take_turn(flow, state, event, ids(), NOW)
        except MunuiError as error:
            refused = error.code
        else:
            refused = ""
        if refused:
            assert refused in {"conversation_completed", "unknown_chip", "invalid_form"}
            assert state.to_json() == before
            continue
        assert not state.is_completed
        assert all(is_allowed(m.role, m.kind) and m.role is not Role.USER for m in turn.messages)
        assert all((m.content or "x") == (m.content or "x")[:16_000] for m in turn.messages)
        assert turn.state.step in flow.flow.steps
        assert State.from_json(turn.state.to_json()) == turn.state
        assert sum(isinstance(command, SaveMessages) for command in turn.commands) == 1
        assert (turn.answer is not None) == (not isinstance(event, TextWritten))
        state = turn.state


@given(st.sampled_from(COMPILED), EVENTS)
def test_a_completed_conversation_takes_nothing(flow: Any, event: Event) -> None:
    with pytest.raises(ConversationCompleted):
        take_turn(flow, State(flow.flow.start, "ko", is_completed=True), event, ids(), NOW)


@settings(max_examples=100)
@given(st.sampled_from(COMPILED), st.lists(st.one_of(st.none(), EVENTS), max_size=6), st.booleans())
def test_catching_up_answers_everything_that_waits(flow: Any, events: list[Event | None], has_history: bool) -> None:
    waiting = [Waiting(uuid4(), uuid4(), None, event) for event in events]
    reply = catch_up(
        flow,
        None,
        waiting,
        locale="ko",
        has_history=has_history,
        ids=lambda message: derived_ids(CONVERSATION, message),
        now=NOW,
    )
    assert [answered.waiting for answered in reply.turns] == [None, *waiting]
    every = [message.id for answered in reply.turns for message in answered.turn.messages]
    assert len(set(every)) == len(every)


def test_an_answer_that_no_longer_fits_gets_a_reply_and_leaves_the_state() -> None:
    state = opened().state
    waiting = [Waiting(uuid4(), uuid4(), None, ChipClicked("categories", "gone"))]
    reply = catch_up(
        INQUIRY, state, waiting, locale="ko", has_history=False, ids=lambda m: derived_ids(CONVERSATION, m), now=NOW
    )
    assert reply.state == state
    assert len(reply.turns[0].turn.messages) == 1
    assert reply.turns[0].turn.answer is not None


def test_a_conversation_with_a_past_goes_on_at_the_categories() -> None:
    reply = catch_up(INQUIRY, None, [], locale="ko", has_history=True, ids=ids, now=NOW)
    assert texts(reply.turns[0].turn) == ["더 도와드릴 내용이 있나요?", "문의 유형을 선택해 주세요."]


def test_what_is_only_recorded_keeps_its_answer_and_what_it_handed_in() -> None:
    state = opened().state
    late = [
        Waiting(uuid4(), uuid4(), None, FormSubmitted("write", FORM)),
        Waiting(uuid4(), uuid4(), None, FormSubmitted("write", {"email": "x"})),
    ]
    waiting = [Waiting(uuid4(), uuid4(), None, ChipClicked("categories", "shipping"))]
    reply = catch_up(INQUIRY, state, waiting, late=late, locale="ko", has_history=False, ids=ids, now=NOW)
    assert [answered.waiting for answered in reply.turns] == [*late, *waiting]
    good, bad, replied = (answered.turn for answered in reply.turns)
    assert (good.messages, good.state, good.answer and good.answer.answer) == ((), state, {"values": FORM})
    assert good.inquiry is not None
    assert good.inquiry.values == FORM
    assert (bad.messages, bad.answer and bad.answer.answer, bad.inquiry) == ((), {}, None)
    assert replied.messages


def test_an_answer_that_waits_behind_the_end_is_recorded_and_gets_no_reply() -> None:
    state = State("more", "ko", is_completed=True)
    events = [FormSubmitted("write", FORM), ChipClicked("categories", "shipping"), TextWritten("네"), None]
    waiting = [Waiting(uuid4(), uuid4(), None, event) for event in events]
    turns = [
        answered.turn
        for answered in catch_up(INQUIRY, state, waiting, locale="ko", has_history=False, ids=ids, now=NOW).turns
    ]
    assert all(turn.messages == () and turn.state == state for turn in turns)
    assert [turn.answer and turn.answer.answer for turn in turns] == [
        {"values": FORM},
        {"chip_id": "shipping", "label": "배송"},
        None,
        {},
    ]
    assert [turn.inquiry is not None for turn in turns] == [True, False, False, False]
