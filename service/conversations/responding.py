"""What a conversation says next: the engine, asked between the two requests of a turn.

Belongs here: the hand-over between the engine and the store, and how a conversation goes on whose flow or state this
code does not know: a rollback must not end anybody's conversation. Does not belong here: HTTP, the order of a turn's
steps (`store.py`), what the bot says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog

from service.conversations.known_flows import KnownFlows, tell_unreadable
from service.conversations.store import FlowReply, Respond
from service.conversations.turn_view import AnswerPreview, TurnView
from service.core.errors import InvalidForm, Unreadable
from service.core.ids import change_id, change_ids, derived_ids
from service.core.locale import Locale
from service.core.mapper import Row
from service.core.team import UNKNOWN_TEAM, Team
from service.dialogue import engine
from service.dialogue.catch_up import catch_up, catch_up_among_people
from service.dialogue.flow_document import write_flow
from service.dialogue.form import Values, values_as_text
from service.dialogue.knowledge import LookedUp
from service.dialogue.reply import Change, Reply, What
from service.dialogue.state import VERSION, State
from service.dialogue.table import CompiledFlow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FlowStanding:
    """Where a conversation stands. `is_lost`: that could not be read, and it goes on at `resume`."""

    flow: CompiledFlow
    state: State | None
    is_lost: bool = False


def responder(flows: KnownFlows, locale: Locale, change: What | None = None, *, can_generate: bool = False) -> Respond:
    """What the store asks for the replies, and for what is said with a change.

    Args:
        flows: those that this process knows.
        locale: the language of a conversation that begins.
        change: what is wanted without a message of the visitor's.
        can_generate: whether there is a model to be asked; else every question is answered word for word.
    """

    def respond(view: TurnView) -> FlowReply:
        standing = standing_of(flows, view, locale)
        if change == "handover" and standing.flow.flow.handover is None:
            # It began before its flow knew of people: it takes up the one that does, as if its own could not be read.
            standing = _standing_anew(flows.current, standing)
        flow = standing.flow
        known = view.looked_up if can_generate else view.looked_up.word_for_word()
        reply = _reply(view, standing, locale, change, known)
        # A conversation that takes a flow up brings it along, so that the database always has what it names.
        takes_up = view.flow_version != flow.version
        return FlowReply(reply, view.is_peoples, flow.version, write_flow(flow.flow) if takes_up else None)

    return respond


def submitted_text(flows: KnownFlows, preview: AnswerPreview, locale: Locale, values: Values) -> str:
    """The text of a message that submits the form in `preview`. Raises InvalidForm."""
    asked = preview.asked or {}
    flow = flows.flow_or_current(preview.flow_version, preview.flow)
    try:
        return engine.submitted_text(flow, locale, str(asked.get("step_id")), values)
    except InvalidForm:
        if flow.version == preview.flow_version:
            raise
        # Its own flow cannot be read and the current one has no such form: what was entered is kept all the same.
        return values_as_text(asked["payload"], values)


def _reply(view: TurnView, standing: FlowStanding, locale: Locale, change: What | None, known: LookedUp) -> Reply:
    wanted = None
    if change is not None:
        key, version = view.conversation_id, view.state_version
        wanted = Change(change, change_id(key, version), change_ids(key, version))
    flow, now = standing.flow, datetime.now(UTC)
    if view.is_peoples:
        # A conversation that was reopened has ended in its flow and nowhere else.
        is_completed = view.conversation["status"] == "completed"
        state = replace(standing.state or State(flow.flow.resume, locale), is_completed=is_completed)
        return catch_up_among_people(
            flow,
            state,
            (*view.late, *view.waiting),
            ids=partial(derived_ids, view.conversation_id),
            now=now,
            change=wanted,
        )
    return catch_up(
        flow,
        standing.state,
        view.waiting,
        late=view.late,
        locale=locale,
        has_history=view.has_history,
        is_lost=standing.is_lost,
        ids=partial(derived_ids, view.conversation_id),
        now=now,
        team=team_of(view.team),
        change=wanted,
        looked_up=known,
    )


def team_of(row: Row) -> Team:
    """The team that a row of chat_team tells of."""
    try:
        return Team.from_row(row)
    except ValueError as error:
        # Our API refuses such hours; somebody wrote them past it. Nobody who wants a person is sent away for that.
        log.warning("hours_unreadable", reason=str(error))
        return UNKNOWN_TEAM


def _standing_anew(flow: CompiledFlow, old: FlowStanding) -> FlowStanding:
    """The same visitor, in another flow."""
    return FlowStanding(flow, old.state and replace(old.state, step=flow.flow.resume), old.is_lost)


def standing_of(flows: KnownFlows, view: TurnView, locale: Locale) -> FlowStanding:
    """Where a conversation stands, whatever can be read of it."""
    flow = flows.current
    try:
        flow = flows.flow(view.flow_version, view.flow)
        return FlowStanding(flow, None if view.state is None else _state(flow, view.state))
    except Unreadable as unreadable:
        tell_unreadable(unreadable, view.flow_version)
        return FlowStanding(flow, _lost(flow, view, locale), is_lost=True)


def _lost(flow: CompiledFlow, view: TurnView, locale: Locale) -> State:
    """What is still known of a conversation whose flow or state cannot be read."""
    is_completed = view.conversation["status"] == "completed"
    try:
        kept = State.from_json(view.state)
    except Unreadable:
        return State(flow.flow.resume, locale, is_completed)
    return State(flow.flow.resume, kept.locale, is_completed, kept.variables)


def _state(flow: CompiledFlow, kept: dict[str, Any]) -> State:
    state = State.from_json(kept)
    if state.step not in flow.flow.steps:
        raise Unreadable("state", VERSION)
    return state
