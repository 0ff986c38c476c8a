"""What a flow says to questions: what is known word for word, or that it is not; and faults in that part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from service.core.ids import derived_ids
from service.core.team import UNKNOWN_TEAM
from service.dialogue.catch_up import catch_up, catch_up_among_people
from service.dialogue.engine import settle, take_turn
from service.dialogue.events import ChipClicked, Event, TextWritten
from service.dialogue.flows.loader import SHIPPED, FlowError, parse_flow
from service.dialogue.knowledge import Answer, Knowledge, LookedUp, Settled, Source, forbidden
from service.dialogue.reply import Reply, Waiting
from service.dialogue.state import State
from service.dialogue.turn import Turn
from tests.unit.test_engine import INQUIRY

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
CONVERSATION = uuid4()
SOURCE = Source("article", 3, 0, "chunk", "returns", "교환", "ko")
FOUND = Answer("{email} 주소는 $1 없이\n- 7일", (SOURCE,))
QUESTION = TextWritten("반품 되나요?")
HERE = State("categories", "ko", variables={"email": "me@example.com"})


def ids(message: Any = None) -> Any:
    return derived_ids(CONVERSATION, message or uuid4())


def turn(knowledge: Knowledge | None, state: State = HERE, event: Event = QUESTION) -> Turn:
    return take_turn(INQUIRY, state, event, ids(), NOW, UNKNOWN_TEAM, knowledge)


def test_an_answer_is_said_word_for_word_with_its_source_and_chips() -> None:
    answered = turn(Knowledge("extractive", "ko", FOUND), replace(HERE, misfits=1))
    (said,) = answered.messages
    assert (said.content, said.step_id) == (FOUND.text, "answered")
    assert said.payload is not None
    assert said.payload["sources"] == [SOURCE.to_json()]
    assert [chip["id"] for chip in said.payload["chips"]] == ["helpful_yes", "helpful_no", "talk_to_person"]
    assert (answered.state.step, answered.state.misfits, answered.state.answered) == ("answered", 0, "chunk")
    kept = answered.kept_answer
    assert kept is not None
    assert (kept.outcome, kept.sources, kept.message_id) == ("answered", (SOURCE,), said.id)
    # The table that everybody shares is as it was.
    assert "sources" not in INQUIRY.tables["ko"]["answers"]["found"]["messages"][0]["payload"]


@pytest.mark.parametrize(
    ("knowledge", "step", "outcome", "reason"),
    [
        (Knowledge("extractive", "ko"), "unknown", "unknown", None),
        (Knowledge("extractive", "ko", is_refused=True), "unknown", "refused", "forbidden_topic"),
        (Knowledge("generative", "ko", is_refused=True), "unknown", "refused", "forbidden_topic"),
        (Knowledge("generative", "ko", FOUND), "looking", None, None),
        (Knowledge("extractive", "ko", FOUND), "offer", "unknown", "again"),
    ],
)
def test_everything_else_is_an_honest_word_and_a_way_to_a_person(
    knowledge: Knowledge, step: str, outcome: str | None, reason: str | None
) -> None:
    replied = turn(knowledge, replace(HERE, answered="chunk"))
    kept = replied.kept_answer
    assert kept is not None
    assert (replied.state.step, replied.state.answered, kept.outcome, kept.reason) == (step, "", outcome, reason)
    assert kept.sources == ()
    chips = INQUIRY.tables["ko"]["steps"][step]["chips"]
    (person,) = [chip for chip, template in chips.items() if template.get("handover")]
    assert turn(None, replied.state, ChipClicked(step, person)).hands_over


def test_the_language_of_the_question_is_spoken_from_then_on() -> None:
    replied = turn(Knowledge("extractive", "en"))
    assert "I do not know" in str(replied.messages[0].content)
    clicked = turn(None, replied.state, ChipClicked("unknown", "shipping"))
    assert clicked.answer is not None
    assert clicked.answer.answer["label"] == "Shipping"
    assert "Orders paid" in str(clicked.messages[0].content)


@pytest.mark.parametrize("knowledge", [None, Knowledge("off", "en", FOUND)])
def test_where_nothing_is_looked_up_the_step_says_what_it_says(knowledge: Knowledge | None) -> None:
    plain = turn(knowledge)
    assert [said.step_id for said in plain.messages] == ["categories"]
    assert (plain.kept_answer, plain.state) == (None, replace(HERE, misfits=1))
    elsewhere = turn(Knowledge("extractive", "ko", FOUND), replace(HERE, step="write"))
    assert (elsewhere.kept_answer, elsewhere.state.step) == (None, "write")


def test_an_answer_is_forgotten_by_whatever_comes_between() -> None:
    known = Knowledge("extractive", "ko", FOUND)
    state = turn(known).state
    for event in (ChipClicked("answered", "helpful_no"), ChipClicked("answered", "helpful_yes")):
        between = turn(None, state, event).state
        assert between.answered == ""
        assert turn(known, between).state.step == "answered"
    assert State.from_json(state.to_json()) == state
    assert "answered" not in HERE.to_json()


# --- several at once --------------------------------------------------------------------------------------------------


def caught_up(events: list[Event], known: dict[int, Answer | None], state: State = HERE) -> Reply:
    waiting = [Waiting(uuid4(), uuid4(), None, event) for event in events]
    looked_up = LookedUp({waiting[n].message_id: Knowledge("extractive", "ko", one) for n, one in known.items()})
    return catch_up(
        INQUIRY,
        state,
        waiting,
        locale="ko",
        has_history=False,
        ids=ids,
        now=NOW,
        team=UNKNOWN_TEAM,
        looked_up=looked_up,
    )


def steps(reply: Reply) -> list[list[str | None]]:
    return [[said.step_id for said in one.turn.messages] for one in reply.turns]


TOGETHER, UNSAID = ["answers.together"], ["categories"]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({2: FOUND}, [TOGETHER, TOGETHER, ["answered"]]),
        ({2: None, 1: FOUND}, [TOGETHER, ["answered"], TOGETHER]),
        ({2: None, 1: None, 0: None}, [TOGETHER, TOGETHER, ["unknown"]]),
        ({}, [UNSAID, ["offer"], ["offer"]]),
    ],
    ids=["the newest", "the newest that can be", "none", "none was looked up"],
)
def test_of_questions_that_wait_together_one_is_replied_to(
    known: dict[int, Answer | None], said: list[list[str]]
) -> None:
    assert steps(caught_up([TextWritten("하나"), QUESTION, TextWritten("셋")], known)) == said


def test_what_stands_between_questions_divides_them() -> None:
    events = [QUESTION, ChipClicked("categories", "shipping"), QUESTION]
    assert steps(caught_up(events, {0: None, 2: FOUND})) == [["unknown"], ["shipping", "more"], ["answered"]]
    to_a_form = [QUESTION, ChipClicked("categories", "write"), QUESTION]
    assert steps(caught_up(to_a_form, {0: FOUND, 2: FOUND})) == [["answered"], ["write", "write"], ["write"]]
    to_people = [ChipClicked("categories", "person"), QUESTION]
    assert steps(caught_up(to_people, {1: FOUND}))[1] == []


def test_among_people_nothing_is_answered() -> None:
    reply = catch_up_among_people(INQUIRY, HERE, [Waiting(uuid4(), uuid4(), None, QUESTION)], ids=ids, now=NOW)
    assert (steps(reply), reply.turns[0].turn.kept_answer) == ([[]], None)


# --- afterwards -------------------------------------------------------------------------------------------------------


def test_words_of_a_model_are_never_filled_in() -> None:
    for outcome in ("answered", "clarified", "handed_over", "refused"):
        settled = Settled(outcome, "{email}", (SOURCE,) if outcome == "answered" else ())
        said = settle(INQUIRY, replace(HERE, step="looking"), settled, ids(), NOW, UNKNOWN_TEAM)
        assert said.messages[0].content == "{email}"
        assert (said.hands_over, said.kept_answer is not None) == (outcome == "handed_over", True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("주식 추천해 주세요", "주식 추천"),
        ("주 식추천 좀", "주식 추천"),
        ("ＳＴＯＣＫ tips?", "stock"),
        ("주\u200b식 추\u00ad천", "주식 추천"),
        ("반품 되나요?", None),
        ("", None),
    ],
)
def test_a_topic_is_known_however_it_is_written(text: str, found: str | None) -> None:
    assert forbidden(["", " ", "주식 추천", "stock"], text) == found


# --- faults of a flow -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("  found: answered", "  found: offer", "answers.found: leads to a step without a place for the answer"),
        ("  found: answered", "  found: nowhere", 'answers.found: leads to "nowhere", which is no step'),
        ("  unknown: unknown", "  unknown: greeting", "answers.unknown: leads to a step that offers no person"),
        ("  looking: looking", "  looking: goodbye", "answers.looking: ends the conversation"),
        ("  again: offer", "", "answers.again: is missing"),
        ("  again: offer", "  again: offer\n  later: offer", "answers.later: is not known here"),
        ("  together:\n    - text: {ko:", "  together:\n    - text: {k0:", "answers.together[0].text"),
        ("    - text: {ko: 보내", "    - chips: []\n      text: {ko: 보내", "answers.together[0]: is a question"),
        ("    on_text: answer\n", "    on_text: answers\n", "steps.offer.on_text"),
    ],
)
def test_a_fault_is_named_with_its_place(before: str, after: str, fault: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(FlowError) as caught:
        parse_flow(text.replace(before, after, 1))
    assert any(fault in str(one) for one in caught.value.faults), str(caught.value)


def test_a_question_needs_the_section() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    begin, end = text.index("\nanswers:\n"), text.index("\nsteps:\n")
    with pytest.raises(FlowError, match=r"steps\.categories\.on_text: is a question to the articles, and nothing says"):
        parse_flow(text[:begin] + text[end:])
