"""Conversations: begin one, list them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from postgrest import SyncPostgrestClient

from service.conversations.views import Row, TurnView
from service.supabase.calls import call_for, call_list


def open_conversation(
    member: SyncPostgrestClient, client_conversation_id: UUID, known_flows: Sequence[str]
) -> TurnView:
    """Make the member's conversation of this id, or find it."""
    return call_for(
        member,
        "chat_open",
        {"p_client_conversation_id": str(client_conversation_id), "p_known_flows": list(known_flows)},
        TurnView.from_json,
    )


def list_conversations(member: SyncPostgrestClient, limit: int, before: tuple[datetime, UUID] | None) -> list[Row]:
    """The member's conversations, latest activity first, after the place `before`."""
    at, row_id = before or (None, None)
    return call_list(
        member,
        "chat_list",
        {
            "p_limit": limit,
            "p_before_at": at and at.isoformat(),
            "p_before_id": row_id and str(row_id),
        },
    )
