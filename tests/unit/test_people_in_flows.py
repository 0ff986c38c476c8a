"""What a flow says about people: when one is asked for, while they answer, and afterwards; and faults in that part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.hours import Hours, Span
from service.core.ids import change_id, change_ids, derived_ids
from service.core.team import UNKNOWN_TEAM, Team
from service.dialogue.catch_up import catch_up, catch_up_among_people
from service.dialogue.engine import give_back, hand_over, open_conversation, say_goodbye, take_turn
from service.dialogue.events import ChipClicked, Event, FormSubmitted, TextWritten
from service.dialogue.flows.loader import FlowError, load_flow, parse_flow
from service.dialogue.message import Kind, Role
from service.dialogue.reply import Change, Reply, Waiting
from service.dialogue.state import State
from service.dialogue.table import compile_flow
from tests.unit.test_engine import COMPILED, EVENTS, FORM, INQUIRY
from tests.vectors.generate import FLOWS

# A Thursday, at a quarter past three in Seoul.
NOW = datetime(2026, 11, 26, 6, 15, tzinfo=UTC)
CONVERSATION = uuid4()
ASKED = ChipClicked("categories", "person")
NASTY = compile_flow(load_flow(FLOWS["nasty"]))
MORNINGS = tuple(Span(day, time(9), time(12)) for day in range(5))
CLOSED = Team(Hours(ZoneInfo("Asia/Seoul"), MORNINGS))
ONLINE = replace(UNKNOWN_TEAM, online_until=NOW + timedelta(seconds=60))


def ids(message: UUID | None = None) -> Any:
    return derived_ids(CONVERSATION, message or uuid4())


def opened() -> State:
    return open_conversation(INQUIRY, "ko", ids(), NOW).state


def waiting(*events: Event | None) -> list[Waiting]:
    return [Waiting(uuid4(), uuid4(), None, event) for event in events]


def caught_up(state: State | None, messages: list[Waiting], team: Team | None = ONLINE, **more: Any) -> Reply:
    return catch_up(INQUIRY, state, messages, locale="ko", has_history=False, ids=ids, now=NOW, team=team, **more)


def change(what: Any) -> Change:
    return Change(what, change_id(CONVERSATION, 3), change_ids(CONVERSATION, 3))


def spoken(reply: Reply) -> list[list[tuple[Role, str | None]]]:
    return [[(said.role, said.step_id) for said in one.turn.messages] for one in reply.turns]


@pytest.mark.parametrize(
    ("team", "said", "step"),
    [
        (ONLINE, ["handover.online"], "categories"),
        (UNKNOWN_TEAM, ["handover.away"], "categories"),
        (CLOSED, ["handover.closed", "write", "write"], "write"),
    ],
    ids=["online", "away", "closed"],
)
def test_a_person_is_asked_for(team: Team, said: list[str], step: str) -> None:
    by_chip = take_turn(INQUIRY, opened(), ASKED, ids(), NOW, team)
    by_hand = hand_over(INQUIRY, opened(), team, ids(), NOW)
    for turn in (by_chip, by_hand):
        assert [message.step_id for message in turn.messages] == said
        assert (turn.state.step, turn.hands_over) == (step, True)
    assert by_chip.answer is not None
    assert by_hand.answer is None


def test_whoever_comes_too_late_is_told_when_the_team_is_back() -> None:
    told = {
        locale: hand_over(INQUIRY, replace(opened(), locale=locale), CLOSED, ids(), NOW).messages[0].content
        for locale in ("ko", "en")
    }
    assert "내일 오전 9시에 돌아와요" in str(told["ko"])
    assert "back tomorrow at 9 AM. Leave" in str(told["en"])
    never = replace(CLOSED, hours=replace(CLOSED.hours, spans=()))
    assert "다음 상담 시간에" in str(hand_over(INQUIRY, opened(), never, ids(), NOW).messages[0].content)


def test_where_nobody_can_be_asked_the_chip_is_like_any_other() -> None:
    turn = take_turn(INQUIRY, opened(), ASKED, ids(), NOW)
    assert ([message.kind for message in turn.messages], turn.hands_over) == ([Kind.TEXT, Kind.FORM], False)


@pytest.mark.parametrize(
    ("step", "fallback"), [("listening", ["listening", "listening"]), ("offered", ["offered", "ask"])]
)
def test_a_text_asks_where_the_flow_says_so(step: str, fallback: list[str]) -> None:
    state, event = State(step, "ko", variables={"nickname": "하나"}), TextWritten("거기 누구 있나요")
    turn = take_turn(NASTY, state, event, ids(), NOW, ONLINE)
    assert [message.content for message in turn.messages] == ["하나님 곁에"]
    assert turn.hands_over
    assert [message.step_id for message in take_turn(NASTY, state, event, ids(), NOW).messages] == fallback


def test_the_second_text_in_a_row_that_leads_nowhere_brings_an_offer() -> None:
    first = take_turn(INQUIRY, opened(), TextWritten("음"), ids(), NOW)
    assert (first.state.step, first.state.misfits) == ("categories", 1)
    second = take_turn(INQUIRY, first.state, TextWritten("그게"), ids(), NOW)
    assert (second.state.step, second.state.misfits) == ("offer", 0)
    assert [message.step_id for message in second.messages] == ["offer"]
    # Anything that leads on begins the count anew.
    clicked = take_turn(INQUIRY, first.state, ChipClicked("categories", "shipping"), ids(), NOW)
    assert take_turn(INQUIRY, clicked.state, TextWritten("음"), ids(), NOW).state.misfits == 1
    asked = hand_over(INQUIRY, first.state, ONLINE, ids(), NOW)
    assert (asked.state.misfits, give_back(INQUIRY, first.state, ids(), NOW).state.misfits) == (0, 0)


def test_a_flow_that_offers_nobody_counts_nothing() -> None:
    flow = compile_flow(INQUIRY.flow.model_copy(update={"handover": None}))
    turn = take_turn(flow, opened(), TextWritten("음"), ids(), NOW)
    assert turn.state == opened()
    assert hand_over(flow, opened(), ONLINE, ids(), NOW).messages == ()
    assert [said.step_id for said in give_back(flow, opened(), ids(), NOW).messages] == ["again", "categories"]


def test_what_was_said_after_asking_waits_for_a_person() -> None:
    reply = caught_up(
        opened(),
        waiting(ASKED, TextWritten("저기요"), FormSubmitted("write", FORM), ChipClicked("more", "okay"), None),
    )
    assert spoken(reply) == [
        [(Role.BOT, "handover.online")],
        [],
        [(Role.SYSTEM, "handover.recorded")],
        [(Role.SYSTEM, "handover.recorded")],
        [(Role.SYSTEM, "handover.recorded")],
    ]
    assert (reply.handling, reply.state.step, reply.state.is_completed) == ("waiting", "categories", False)
    assert [one.turn.inquiry is not None for one in reply.turns] == [False, False, True, False, False]


@pytest.mark.parametrize("messages", [[], waiting(ASKED), waiting(TextWritten("음"))])
def test_a_person_is_asked_for_once(messages: list[Waiting]) -> None:
    reply = caught_up(opened(), messages, change=change("handover"))
    assert sum(said.count((Role.BOT, "handover.online")) for said in spoken(reply)) == 1
    assert reply.handling == "waiting"


def test_a_conversation_without_an_opening_gets_it_before_a_person_is_asked_for() -> None:
    reply = caught_up(None, [], change=change("handover"))
    assert [said[0] for said in spoken(reply)] == [(Role.BOT, "greeting"), (Role.BOT, "handover.online")]
    assert [one.turn_id for one in reply.turns] == [None, change_id(CONVERSATION, 3)]


@settings(max_examples=150)
@given(
    st.sampled_from(COMPILED),
    st.lists(st.one_of(st.none(), EVENTS), max_size=6),
    st.sampled_from([None, "handover", "complete"]),
)
def test_among_people_the_bot_says_nothing(flow: Any, events: list[Event | None], what: Any) -> None:
    state = State(flow.flow.resume, "ko", variables={"nickname": "하나"})
    reply = catch_up_among_people(flow, state, waiting(*events), ids=ids, now=NOW, change=what and change(what))
    every = [said for one in reply.turns for said in one.turn.messages]
    assert all(said.role is Role.SYSTEM and said.kind in (Kind.TEXT, Kind.NOTICE) for said in every)
    assert [one.turn.answer is not None for one in reply.turns[: len(events)]] == [
        not isinstance(event, TextWritten) for event in events
    ]
    if what != "complete":
        assert reply.state == state
        assert len(reply.turns) == len(events)
    assert len({said.id for said in every}) == len(every)


def test_given_back_it_goes_on_at_resume_with_what_it_knows() -> None:
    state = replace(opened(), variables={"email": "me@example.com"})
    reply = catch_up_among_people(
        INQUIRY, state, waiting(FormSubmitted("write", FORM)), ids=ids, now=NOW, change=change("resume")
    )
    assert spoken(reply) == [
        [(Role.SYSTEM, "handover.recorded")],
        [(Role.BOT, "handover.back"), (Role.BOT, "again"), (Role.BOT, "categories")],
    ]
    assert (reply.handling, reply.state) == ("bot", replace(state, step="categories"))


@pytest.mark.parametrize("among_people", [True, False])
def test_an_operator_completes_as_the_flow_does(among_people: bool) -> None:
    by_flow = take_turn(INQUIRY, replace(opened(), step="more"), ChipClicked("more", "okay"), ids(), NOW)
    turn = say_goodbye(INQUIRY, opened(), ids(), NOW, among_people=among_people)
    assert [said.content for said in turn.messages] == [said.content for said in by_flow.messages]
    assert [said.role for said in turn.messages] == [Role.SYSTEM if among_people else Role.BOT]
    assert turn.state == by_flow.state


# --- faults in a flow -------------------------------------------------------------------------------------------------

FLOW = """\
name: small
start: hello
resume: hello
otherwise: [{text: {ko: 네, en: Fine}}]
misfit: [{text: {ko: 네, en: Fine}}]
steps:
  hello:
    say:
      - chips:
          - {id: person, label: {ko: 사람, en: Person}, to: hello, effect: handover}
          - {id: stop, label: {ko: 끝, en: End}, to: end}
    on_text: handover
  end:
    complete: true
handover:
  online: {say: [{text: {ko: 네, en: Fine}}]}
  away: {say: [{text: {ko: 네, en: Fine}}], to: hello}
  closed: {say: [{text: {ko: "{opens_at}", en: "{opens_at}"}}]}
  recorded: [{notice: {ko: 네, en: Fine}, role: system}]
  offer: hello
  goodbye: end
"""
SAY = "say: [{text: {ko: 네, en: Fine}}]"
FAULTS = [
    (FLOW[FLOW.index("handover:\n") :], "", 10, "steps.hello.say[0].chips[0].effect", "add the section `handover`"),
    (FLOW[FLOW.index("handover:\n") :], "", 12, "steps.hello.on_text", "add the section `handover`"),
    (f"  online: {{{SAY}}}\n", "", 15, "handover.online", "is missing"),
    (f"online: {{{SAY}}}", "online: {}", 16, "handover.online", "says nothing"),
    (f"online: {{{SAY}}}", "online: {to: gone}", 16, "handover.online.to", '"gone"'),
    (f"online: {{{SAY}}}", "online: {to: end}", 16, "handover.online.to", "ends the conversation"),
    (f"online: {{{SAY}}}", "online: {say: [{text: {ko: 네}}]}", 16, "handover.online.say[0].text", "lacks"),
    ("ko: 네, en: Fine}}], to: hello}", 'ko: "{opens_at}", en: x}}]}', 17, "handover.away.say[0].text.ko", "opens_at"),
    ("ko: 네, en: Fine}}], to: hello}", "ko: 네, en: Fine}, chips: []}]}", 17, "handover.away.say[0]", "is a question"),
    (", role: system", "", 19, "handover.recorded[0]", "add `role: system`"),
    ("offer: hello", "offer: end", 20, "handover.offer", "offers no person"),
    ("offer: hello", "offer: gone", 20, "handover.offer", '"gone"'),
    ("goodbye: end", "goodbye: hello", 21, "handover.goodbye", "does not end"),
    ("goodbye: end", "goodby: end", 21, "handover.goodby", "not known here"),
    ("on_text: handover", "on_text: {effect: handover, save: opens_at}", 12, "steps.hello.on_text.save", "the team's"),
    ("on_text: handover", "on_text: {effect: complete}", 12, "steps.hello.on_text.effect", "handover"),
]  # fmt: skip


def test_the_small_flow_is_right() -> None:
    assert parse_flow(FLOW).goodbye == "end"


@pytest.mark.parametrize(("old", "new", "line", "place", "words"), FAULTS)
def test_a_fault_is_named_with_its_place(old: str, new: str, line: int, place: str, words: str) -> None:
    assert old in FLOW
    with pytest.raises(FlowError) as raised:
        parse_flow(FLOW.replace(old, new))
    told = [(fault.line, fault.place) for fault in raised.value.faults if words in fault.message]
    assert (line, place) in told, str(raised.value)
