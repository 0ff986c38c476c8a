"""Read markers."""

from __future__ import annotations

from uuid import UUID

from postgrest import SyncPostgrestClient

from service.actions.calls import call
from service.domain.views import Row


def mark_read(member: SyncPostgrestClient, conversation_id: UUID, up_to: UUID | None) -> Row:
    """Move the member's marker; `{"conversation_id", "last_read_at", "unread_count"}`."""
    return call(
        member,
        "chat_mark_read",
        {"p_conversation_id": str(conversation_id), "p_up_to_message_id": up_to and str(up_to)},
        ("conversation_id", "last_read_at", "unread_count"),
    )
