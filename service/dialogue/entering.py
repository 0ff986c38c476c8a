"""Entering a step: what a template of the compiled flow says, and the state that it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from service.core.ids import NewId
from service.core.text import fill
from service.dialogue.commands import Command, SaveMessages
from service.dialogue.message import Kind, Message, Role
from service.dialogue.state import State
from service.dialogue.table import Template
from service.dialogue.turn import Turn


def fitting(state: State) -> State:
    """`state` where something led on: what led nowhere is forgotten, and what was answered before."""
    return replace(state, misfits=0, answered="")


def enter(
    template: Template,
    state: State,
    ids: NewId,
    now: datetime,
    *,
    before: tuple[Command, ...] = (),
    known: Mapping[str, str] | None = None,
) -> Turn:
    """What `template` says; `known` is what only this once may be repeated. One that leads nowhere leaves the step."""
    completed = template.get("status") == "completed"
    variables = {**state.variables, **(known or {})}
    messages = tuple(_message(said, variables, ids(place), now) for place, said in enumerate(template["messages"]))
    step = state.step if template["to"] is None else template["to"]
    return Turn(replace(state, step=step, is_completed=completed), (*before, SaveMessages(messages)))


def _message(said: Template, variables: dict[str, str], message_id: UUID, now: datetime) -> Message:
    text = said.get("content")
    content = said.get("verbatim", None if text is None else fill(text, variables))
    return Message(
        id=message_id,
        client_message_id=message_id,
        role=Role(said["role"]),
        kind=Kind(said["kind"]),
        content=content,
        payload=said.get("payload"),
        step_id=said["step"] or None,
        created_at=now,
    )
