"""What the calls about an operator's own presence ask of the database."""

from __future__ import annotations

from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking


def be(asking: Asking, availability: str) -> Row:
    """Be online, away or offline, and tell of oneself; `{"operator"}`."""
    return asking.ask("inbox_available", {"p_availability": availability}, ("operator",))


def look(asking: Asking, conversation_id: UUID | None) -> None:
    """Look at a conversation, or at none; forgotten after 60 seconds."""
    asking.tell("inbox_look", {"p_conversation_id": conversation_id and str(conversation_id)})
