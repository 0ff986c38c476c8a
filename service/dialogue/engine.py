"""(flow, state, event, …) -> Turn. An event that does not fit raises, and nothing has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.core.errors import ConversationCompleted, InvalidForm, UnknownChip
from service.core.ids import NewId
from service.core.locale import Locale
from service.core.team import Team
from service.core.text import as_variable, fill, trim
from service.core.told_time import told_moment
from service.dialogue import answers
from service.dialogue.commands import (
    AnswerMessage,
    Command,
    HandOver,
    SubmitInquiry,
)
from service.dialogue.entering import enter, fitting
from service.dialogue.events import ChipClicked, Event, FormSubmitted, TextWritten
from service.dialogue.form import Values, check_form, normal_forms
from service.dialogue.knowledge import Knowledge, Settled
from service.dialogue.message import INTERACTIVE, Role
from service.dialogue.state import State
from service.dialogue.table import CompiledFlow, Template
from service.dialogue.turn import Turn

# So many texts in a row may lead nowhere; with the last of them a person is offered.
MISFITS = 2


def open_conversation(flow: CompiledFlow, locale: Locale, ids: NewId, now: datetime) -> Turn:
    """The opening: what the bot says before anybody has said anything."""
    return enter(flow.tables[locale]["opening"], _nowhere(locale), ids, now)


def resume_conversation(flow: CompiledFlow, locale: Locale, ids: NewId, now: datetime) -> Turn:
    """The opening of a conversation that has a past, but no state."""
    return enter(flow.tables[locale]["resume"], _nowhere(locale), ids, now)


def resume_turn(flow: CompiledFlow, state: State, ids: NewId, now: datetime) -> Turn:
    """The step `resume`, said to somebody whose language and words are known, but not where they stood."""
    return enter(flow.tables[state.locale]["resume"], fitting(state), ids, now)


def take_turn(
    flow: CompiledFlow,
    state: State,
    event: Event,
    ids: NewId,
    now: datetime,
    team: Team | None = None,
    knowledge: Knowledge | None = None,
) -> Turn:
    """What follows from `event`.

    Args:
        flow: the flow that the conversation began with.
        state: as the last turn left it.
        event: what the person did.
        ids: gives the id of the bot message at each place.
        now: when, with a time zone.
        team: the people who can be asked for; None where nobody can, and the effect `handover` is none.
        knowledge: what was looked up for a text; None where nothing was, and the effect `answer` is none.

    Raises:
        ConversationCompleted: nothing follows any more.
        UnknownChip: the step shows no such chip.
        InvalidForm: the step shows no form, or the values do not fit it.
    """
    _refuse_completed(state)
    table = flow.tables[state.locale]
    match event:
        case TextWritten() if knowledge is not None and knowledge.mode != "off" and answers.asks(flow, state):
            return answers.answer(flow, state, knowledge, ids, now)
        case TextWritten(content):
            found = _write_text(table, state, content)
        case ChipClicked(step_id, chip_id):
            found = _click_chip(_part(table, step_id, "chips"), state, chip_id)
        case FormSubmitted(step_id, values):
            found = _submit_form(_part(table, step_id, "form"), state, step_id, values)
    template, after, before = found
    if team is not None and template.get("handover"):
        return hand_over(flow, after, team, ids, now, before=before)
    return enter(template, after, ids, now, before=before)


def settle(flow: CompiledFlow, state: State, settled: Settled, ids: NewId, now: datetime, team: Team) -> Turn:
    """What is said of a question that was looked into after its turn, unless it was dropped.

    Raises:
        ConversationCompleted: nothing follows any more.
    """
    _refuse_completed(state)
    if settled.outcome != "handed_over":
        return answers.settle(flow, state, settled, ids, now)
    said = hand_over(flow, state, team, ids, now, words=answers.words(settled, state))
    return answers.settled_by(said, settled)


def hand_over(
    flow: CompiledFlow,
    state: State,
    team: Team,
    ids: NewId,
    now: datetime,
    *,
    before: tuple[Command, ...] = (),
    words: Sequence[Template] = (),
) -> Turn:
    """A person is asked for, by an event (whose commands come `before`) or without one. `words` are said first.

    Raises:
        ConversationCompleted: nothing follows any more.
    """
    _refuse_completed(state)
    presence = team.presence(now)
    template = flow.people[state.locale][presence]
    known = {"opens_at": told_moment(team.hours.opens_at(now), now, state.locale)} if presence == "closed" else {}
    said = template | {"messages": [*words, *template["messages"]]}
    turn = enter(said, fitting(state), ids, now, before=before, known=known)
    return Turn(turn.state, (*turn.commands, HandOver()))


def give_back(flow: CompiledFlow, state: State, ids: NewId, now: datetime) -> Turn:
    """The bot goes on after people: at the step `resume`, with what it knows of the visitor."""
    return enter(flow.people[state.locale]["back"], fitting(state), ids, now)


def say_goodbye(flow: CompiledFlow, state: State, ids: NewId, now: datetime, *, among_people: bool) -> Turn:
    """An operator completes the conversation. `among_people` the bot says nothing: what it would say is the service's.

    Raises:
        ConversationCompleted: it is completed already.
    """
    _refuse_completed(state)
    template = flow.people[state.locale]["goodbye"]
    said = template["messages"]
    if among_people:
        said = [line | {"role": Role.SYSTEM.value} for line in said if line["kind"] not in INTERACTIVE]
    return enter({"messages": said, "to": template["to"], "status": "completed"}, state, ids, now)


def record(flow: CompiledFlow, turn: Turn, ids: NewId, now: datetime) -> Turn:
    """`turn` while people handle the conversation: an answer that it records is said to be passed on to them."""
    said = flow.people[turn.state.locale]["recorded"] if turn.answer else ()
    template = {"messages": said, "to": None, "status": "completed" if turn.state.is_completed else None}
    return enter(template, turn.state, ids, now, before=turn.commands)


def misfit_turn(flow: CompiledFlow, state: State, ids: NewId, now: datetime) -> Turn:
    """The reply to a saved answer that no longer fits. The state stays, and the question counts as answered.

    Raises:
        ConversationCompleted: nothing follows any more.
    """
    _refuse_completed(state)
    template = {"messages": flow.tables[state.locale]["misfit"], "to": state.step}
    return enter(template, state, ids, now, before=(AnswerMessage({}),))


def submitted_text(flow: CompiledFlow, locale: Locale, step_id: str, values: Values) -> str:
    """The text that stands for a submitted form among the messages.

    Raises:
        InvalidForm: the step shows no form.
    """
    form = _part(flow.tables[locale], step_id, "form")
    if not form:
        raise InvalidForm("There is no such form.")
    return trim(fill(form["submitted"], _variables(form["fields"], values)))


def _nowhere(locale: Locale) -> State:
    return State(step="", locale=locale)


def _part(table: Template, step_id: str, part: str) -> Template:
    found: Template = table["steps"].get(step_id, {}).get(part, {})
    return found


# A template, the state that it is entered with, and what comes before what it says.
_Found = tuple[Template, State, tuple[Command, ...]]


def _refuse_completed(state: State) -> None:
    if state.is_completed:
        raise ConversationCompleted("The conversation is completed.")


def _write_text(table: Template, state: State, content: str) -> _Found:
    template: Template = table["steps"][state.step]["text"]
    name = template.get("save")
    variables = state.variables | ({name: as_variable(content)} if name else {})
    if not template.get("misfit"):
        return template, _with(state, variables), ()
    misfits = state.misfits + 1
    if misfits < MISFITS:
        return template, replace(fitting(state), misfits=misfits), ()
    return table["offer"], fitting(state), ()


def _click_chip(chips: Template, state: State, chip_id: str) -> _Found:
    if chip_id not in chips:
        raise UnknownChip("The message has no such chip.")
    template = chips[chip_id]
    answer = AnswerMessage({"chip_id": chip_id, "label": template["label"]})
    variables = {} if template.get("restart") else state.variables
    return template, _with(state, variables), (answer,)


def _submit_form(template: Template, state: State, step_id: str, values: Mapping[str, Any]) -> _Found:
    if not template:
        raise InvalidForm("There is no such form.")
    kept = check_form(template, values, state.locale)
    before: tuple[Command, ...] = (AnswerMessage({"values": kept}),)
    if template["inquiry"]:
        before += (SubmitInquiry(step_id, dict(kept), normal_forms(template["fields"], kept), state.locale),)
    variables = state.variables | _variables(template["fields"], kept)
    return template, _with(state, variables), before


def _variables(fields: Sequence[Mapping[str, Any]], values: Values) -> dict[str, str]:
    """What later texts may repeat of a form: a choice by its label, a checkbox not at all."""
    variables: dict[str, str] = {}
    for field in fields:
        value = values.get(field["name"], "")
        if isinstance(value, bool):
            continue
        labels = {option["value"]: option["label"] for option in field.get("options", ())}
        variables[field["name"]] = as_variable(labels.get(value, value))
    return variables


def _with(state: State, variables: dict[str, str]) -> State:
    """Gone on from `state` with these."""
    return replace(fitting(state), variables=variables)
