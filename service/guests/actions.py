"""Conversations that a guest brings along."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from postgrest import SyncPostgrestClient

from service.conversations.views import Row
from service.supabase.calls import call_list


def import_conversations(
    service: SyncPostgrestClient,
    user_id: UUID,
    conversations: list[dict[str, Any]],
    *,
    flow_version: str,
    flow: dict[str, Any],
    request_id: UUID,
) -> list[Row]:
    """Write replayed conversations for their new owner; one that is there already stays as it is."""
    return call_list(
        service,
        "chat_import",
        {
            "p_user_id": str(user_id),
            "p_flow_version": flow_version,
            "p_flow": flow,
            "p_conversations": conversations,
            "p_request_id": str(request_id),
        },
    )
