"""(flow, state, event, ids, now) -> Turn. An event that does not fit raises, and nothing has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from service.core.errors import ConversationCompleted, InvalidForm, UnknownChip
from service.core.ids import NewId
from service.core.locale import Locale
from service.core.text import as_variable, fill, trim
from service.dialogue.commands import (
    AnswerMessage,
    Command,
    SaveMessages,
    SubmitInquiry,
)
from service.dialogue.events import ChipClicked, Event, FormSubmitted, TextWritten
from service.dialogue.form import Values, check_form
from service.dialogue.message import Kind, Message, Role
from service.dialogue.state import State
from service.dialogue.table import CompiledFlow, Template
from service.dialogue.turn import Turn


def open_conversation(flow: CompiledFlow, locale: Locale, ids: NewId, now: datetime) -> Turn:
    """The opening: what the bot says before anybody has said anything."""
    return _enter(flow.tables[locale]["opening"], _nowhere(locale), ids, now)


def resume_conversation(flow: CompiledFlow, locale: Locale, ids: NewId, now: datetime) -> Turn:
    """The opening of a conversation that has a past, but no state."""
    return _enter(flow.tables[locale]["resume"], _nowhere(locale), ids, now)


def resume_turn(flow: CompiledFlow, state: State, ids: NewId, now: datetime) -> Turn:
    """The step `resume`, said to somebody whose language and words are known, but not where they stood."""
    return _enter(flow.tables[state.locale]["resume"], state, ids, now)


def take_turn(flow: CompiledFlow, state: State, event: Event, ids: NewId, now: datetime) -> Turn:
    """What follows from `event`.

    Args:
        flow: the flow that the conversation began with.
        state: as the last turn left it.
        event: what the person did.
        ids: gives the id of the bot message at each place.
        now: when, with a time zone.

    Raises:
        ConversationCompleted: nothing follows any more.
        UnknownChip: the step shows no such chip.
        InvalidForm: the step shows no form, or the values do not fit it.
    """
    if state.is_completed:
        raise ConversationCompleted("The conversation is completed.")
    table = flow.tables[state.locale]
    match event:
        case TextWritten(content):
            return _write_text(table["steps"][state.step]["text"], state, content, ids, now)
        case ChipClicked(step_id, chip_id):
            return _click_chip(_part(table, step_id, "chips").get(chip_id), state, chip_id, ids, now)
        case FormSubmitted(step_id, values):
            return _submit_form(_part(table, step_id, "form"), state, step_id, values, ids, now)


def misfit_turn(flow: CompiledFlow, state: State, ids: NewId, now: datetime) -> Turn:
    """The reply to a saved answer that no longer fits. The state stays, and the question counts as answered.

    Raises:
        ConversationCompleted: nothing follows any more.
    """
    if state.is_completed:
        raise ConversationCompleted("The conversation is completed.")
    template = {"messages": flow.tables[state.locale]["misfit"], "to": state.step}
    return _enter(template, state, ids, now, before=(AnswerMessage({}),))


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


def _write_text(template: Template, state: State, content: str, ids: NewId, now: datetime) -> Turn:
    name = template.get("save")
    variables = state.variables | ({name: as_variable(content)} if name else {})
    return _enter(template, _with(state, variables), ids, now)


def _click_chip(template: Template | None, state: State, chip_id: str, ids: NewId, now: datetime) -> Turn:
    if template is None:
        raise UnknownChip("The message has no such chip.")
    answer = AnswerMessage({"chip_id": chip_id, "label": template["label"]})
    variables = {} if template.get("restart") else state.variables
    return _enter(template, _with(state, variables), ids, now, before=(answer,))


def _submit_form(
    template: Template, state: State, step_id: str, values: Mapping[str, Any], ids: NewId, now: datetime
) -> Turn:
    if not template:
        raise InvalidForm("There is no such form.")
    kept = check_form(template, values, state.locale)
    before: tuple[Command, ...] = (AnswerMessage({"values": kept}),)
    if template["inquiry"]:
        before += (SubmitInquiry(step_id, dict(kept), state.locale),)
    variables = state.variables | _variables(template["fields"], kept)
    return _enter(template, _with(state, variables), ids, now, before=before)


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
    return State(state.step, state.locale, state.is_completed, variables)


def _enter(template: Template, state: State, ids: NewId, now: datetime, *, before: tuple[Command, ...] = ()) -> Turn:
    completed = template.get("status") == "completed"
    messages = tuple(
        _message(said, state.variables, ids(place), now) for place, said in enumerate(template["messages"])
    )
    return Turn(State(template["to"], state.locale, completed, state.variables), (*before, SaveMessages(messages)))


def _message(said: Template, variables: dict[str, str], message_id: UUID, now: datetime) -> Message:
    content = said.get("content")
    return Message(
        id=message_id,
        client_message_id=message_id,
        role=Role(said["role"]),
        kind=Kind(said["kind"]),
        content=None if content is None else fill(content, variables),
        payload=said.get("payload"),
        step_id=said["step"] or None,
        created_at=now,
    )
