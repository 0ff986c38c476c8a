"""Brings flow, engine and store together: which flow a conversation runs on, and what it says next.

Belongs here: the flows this process knows, and the hand-over between engine and store.
Does not belong here: HTTP, and what the bot says.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from service.domain.errors import Internal
from service.domain.flow import Flow
from service.domain.form import Values
from service.domain.ids import derived_ids
from service.domain.state import Locale
from service.domain.views import AnswerPreview, TurnView
from service.engine.catch_up import catch_up
from service.engine.table import CompiledFlow, compile_flow
from service.engine.turn import submitted_text
from service.store.turns import Respond, Response


class Dialogue:
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

        Raises:
            Internal: it is not known, and no definition came along.
        """
        if version is None:
            return self.current
        known = self._flows.get(version)
        if known is not None:
            return known
        if definition is None:
            raise Internal(f"The flow {version} is not known")
        compiled = compile_flow(Flow.model_validate(definition))
        with self._lock:
            self._flows[version] = compiled
        return compiled

    def responder(self, locale: Locale) -> Respond:
        """What the store asks for the replies; `locale` is the language of a conversation that begins."""

        def respond(view: TurnView) -> Response:
            flow = self.flow(view.flow_version, view.flow)
            reply = catch_up(
                flow,
                view.state,
                view.waiting,
                late=view.late,
                locale=locale,
                has_history=view.has_history,
                ids=lambda message_id: derived_ids(view.conversation_id, message_id),
                now=datetime.now(UTC),
            )
            # A conversation that begins brings its flow along, so that the database always has what it names.
            begins = view.flow_version is None
            return Response(reply, flow.version, flow.flow.definition() if begins else None)

        return respond

    def submitted_text(self, preview: AnswerPreview, locale: Locale, values: Values) -> str:
        """The text of a message that submits the form in `preview`. Raises InvalidForm."""
        asked = preview.asked or {}
        flow = self.flow(preview.flow_version, preview.flow)
        return submitted_text(flow, locale, str(asked.get("step_id")), values)
