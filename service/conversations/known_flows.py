"""The flows that this process knows: which one a conversation runs on, and what it says next.

Belongs here: keeping compiled flows, the hand-over between engine and store, and what happens where a kept flow or
state is of a version that this code does not know: a rollback must not end anybody's conversation. Does not belong
here: HTTP, reading a flow's file (`service/dialogue/flows`), what the bot says.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from service.conversations.store import FlowReply, Respond
from service.conversations.turn_view import AnswerPreview, TurnView
from service.core.errors import Internal, InvalidForm, Unreadable
from service.core.ids import derived_ids
from service.core.locale import Locale
from service.dialogue.catch_up import catch_up
from service.dialogue.engine import submitted_text
from service.dialogue.flow import Flow
from service.dialogue.flow_document import read_flow, write_flow
from service.dialogue.form import Values, values_as_text
from service.dialogue.state import VERSION, State
from service.dialogue.table import CompiledFlow, compile_flow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a conversation stands. `is_lost`: that could not be read, and it goes on at `resume`."""

    flow: CompiledFlow
    state: State | None
    is_lost: bool = False


class KnownFlows:
    """The current flow, and the older ones that conversations still run on. Safe to use from several threads."""

    def __init__(self, current: Flow) -> None:
        self.current = compile_flow(current)
        self._flows: dict[str, CompiledFlow] = {current.version: self.current}
        self._lock = threading.Lock()

    @property
    def known_versions(self) -> list[str]:
        """The versions whose definition need not be sent."""
        return list(self._flows)

    def flow(self, version: str | None, definition: dict[str, Any] | None = None) -> CompiledFlow:
        """The flow of a version; None is the current one.

        A flow that this process knows counts as it was read here, whatever another version of ours keeps under the
        same name.

        Raises:
            Internal: it is not known, and no definition came along.
            Unreadable: the definition is of a version that this code does not know.
        """
        if version is None:
            return self.current
        known = self._flows.get(version)
        if known is not None:
            return known
        if definition is None:
            raise Internal(f"The flow {version} is not known")
        compiled = compile_flow(read_flow(definition))
        with self._lock:
            self._flows[version] = compiled
        return compiled

    def flow_or_current(self, version: str | None, definition: dict[str, Any] | None) -> CompiledFlow:
        """As `flow`, but the current one where the definition cannot be read. Raises Internal."""
        try:
            return self.flow(version, definition)
        except Unreadable as unreadable:
            _tell(unreadable, version)
            return self.current

    def responder(self, locale: Locale) -> Respond:
        """What the store asks for the replies; `locale` is the language of a conversation that begins."""

        def respond(view: TurnView) -> FlowReply:
            standing = self._standing(view, locale)
            flow = standing.flow
            reply = catch_up(
                flow,
                standing.state,
                view.waiting,
                late=view.late,
                locale=locale,
                has_history=view.has_history,
                is_lost=standing.is_lost,
                ids=lambda message_id: derived_ids(view.conversation_id, message_id),
                now=datetime.now(UTC),
            )
            # A conversation that takes a flow up brings it along, so that the database always has what it names.
            takes_up = view.flow_version != flow.version
            return FlowReply(reply, flow.version, write_flow(flow.flow) if takes_up else None)

        return respond

    def submitted_text(self, preview: AnswerPreview, locale: Locale, values: Values) -> str:
        """The text of a message that submits the form in `preview`. Raises InvalidForm."""
        asked = preview.asked or {}
        flow = self.flow_or_current(preview.flow_version, preview.flow)
        try:
            return submitted_text(flow, locale, str(asked.get("step_id")), values)
        except InvalidForm:
            if flow.version == preview.flow_version:
                raise
            # Its own flow cannot be read and the current one has no such form: what was entered is kept all the same.
            return values_as_text(asked["payload"], values)

    def _standing(self, view: TurnView, locale: Locale) -> _Standing:
        flow = self.current
        try:
            flow = self.flow(view.flow_version, view.flow)
            return _Standing(flow, None if view.state is None else _state(flow, view.state))
        except Unreadable as unreadable:
            _tell(unreadable, view.flow_version)
            return _Standing(flow, _lost(flow, view, locale), is_lost=True)


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


def _tell(unreadable: Unreadable, flow_version: str | None) -> None:
    log.error(
        "flow_unreadable",
        document=unreadable.document,
        document_version=unreadable.version,
        flow_version=flow_version,
        consequence="the conversation goes on at the step resume",
    )
