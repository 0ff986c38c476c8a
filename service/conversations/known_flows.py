"""The flows that this process knows: the current one, and the older ones that conversations still run on.

Belongs here: keeping compiled flows, and which one counts where a kept one is of a version that this code does not
know. Does not belong here: what follows from it for a conversation (`responding.py`), reading a flow's file
(`service/dialogue/flows`).
"""

from __future__ import annotations

import threading
from typing import Any

import structlog

from service.core.errors import Internal, Unreadable
from service.core.locale import LOCALES
from service.dialogue.flow import Flow
from service.dialogue.flow_document import read_flow
from service.dialogue.table import CompiledFlow, compile_flow

log = structlog.get_logger(__name__)


class KnownFlows:
    """The current flow, and the older ones that conversations still run on. Safe to use from several threads."""

    def __init__(self, current: Flow) -> None:
        self.current = compile_flow(current)
        self._flows: dict[str, CompiledFlow] = {current.version: self.current}
        self._lock = threading.Lock()
        opening = self.current.tables[LOCALES[0]]["opening"]["to"]
        # What is of no flow yet begins with the current one.
        self.answering: dict[str, list[str]] = {"": [""] if opening in current.answering else []}
        """By version the steps at which a text is a question; of a conversation without a state under ""."""
        self._learn(self.current)

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
            # Before it is known: whoever asks what is known, and where that answers, does so without the lock.
            self._learn(compiled)
            self._flows[version] = compiled
        return compiled

    def _learn(self, flow: CompiledFlow) -> None:
        self.answering[flow.version] = sorted(flow.flow.answering)

    def flow_or_current(self, version: str | None, definition: dict[str, Any] | None) -> CompiledFlow:
        """As `flow`, but the current one where the definition cannot be read. Raises Internal."""
        try:
            return self.flow(version, definition)
        except Unreadable as unreadable:
            tell_unreadable(unreadable, version)
            return self.current


def tell_unreadable(unreadable: Unreadable, flow_version: str | None) -> None:
    """Log that a kept document cannot be read, and what follows."""
    log.error(
        "flow_unreadable",
        document=unreadable.document,
        document_version=unreadable.version,
        flow_version=flow_version,
        consequence="the conversation goes on at the step resume",
    )
