"""What the calls about conversations ask of the database: a function each.

Belongs here: names and arguments of functions, as the member or as the service. Does not belong here: their order
(`store.py`), what their refusals mean (`service/supabase/calls.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from postgrest import SyncPostgrestClient

from service.conversations.turn_view import AnswerPreview, TurnView
from service.core.errors import NotFound
from service.core.mapper import Row
from service.supabase.calls import call, call_for, call_for_found, call_list

ExportPart = Literal["conversations", "messages", "reads", "inquiries"]


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


def send_message(
    member: SyncPostgrestClient,
    conversation_id: UUID,
    client_message_id: UUID,
    *,
    content: str | None,
    event: dict[str, Any] | None,
    in_reply_to: UUID | None,
    request_id: UUID,
    known_flows: Sequence[str],
) -> TurnView:
    """Save what the member did, once."""
    return call_for(
        member,
        "chat_send",
        {
            "p_conversation_id": str(conversation_id),
            "p_client_message_id": str(client_message_id),
            "p_content": content,
            "p_event": event,
            "p_in_reply_to": in_reply_to and str(in_reply_to),
            "p_request_id": str(request_id),
            "p_known_flows": list(known_flows),
        },
        TurnView.from_json,
    )


def read_turn(member: SyncPostgrestClient, conversation_id: UUID, known_flows: Sequence[str]) -> TurnView:
    """How the member's conversation stands. Raises NotFound, and what comes before it."""
    try:
        return call_for_found(
            member,
            "chat_turn",
            {"p_conversation_id": str(conversation_id), "p_message_id": None, "p_known_flows": list(known_flows)},
            TurnView.from_json,
        )
    except NotFound:
        # Reading cannot tell a conversation that is not there from an account that is gone; a write is told.
        mark_read(member, conversation_id, None)
        raise


def write_replies(service: SyncPostgrestClient, reply: dict[str, Any]) -> TurnView:
    """Write the bot's part of the turns that waited, if the state is still the one it was computed from."""
    return call_for(service, "chat_reply", reply, TurnView.from_json)


def preview_answer(
    member: SyncPostgrestClient,
    conversation_id: UUID,
    client_message_id: UUID | None,
    in_reply_to: UUID | None,
    known_flows: Sequence[str],
) -> AnswerPreview:
    """The interactive message that is about to be answered. Nothing is found under an id that is None."""
    return call_for(
        member,
        "chat_preview",
        {
            "p_conversation_id": str(conversation_id),
            "p_client_message_id": client_message_id and str(client_message_id),
            "p_in_reply_to": in_reply_to and str(in_reply_to),
            "p_known_flows": list(known_flows),
        },
        AnswerPreview.from_json,
    )


def page_messages(
    member: SyncPostgrestClient,
    conversation_id: UUID,
    limit: int,
    *,
    before: int | None = None,
    after: int | None = None,
) -> Row:
    """`{"conversation", "messages", "has_earlier", "has_later"}` of one page."""
    return call(
        member,
        "chat_page",
        {"p_conversation_id": str(conversation_id), "p_limit": limit, "p_before": before, "p_after": after},
        ("conversation", "messages", "has_earlier", "has_later"),
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


def mark_read(member: SyncPostgrestClient, conversation_id: UUID, up_to: UUID | None) -> Row:
    """Move the member's marker; `{"conversation_id", "last_read_at", "unread_count"}`."""
    return call(
        member,
        "chat_mark_read",
        {"p_conversation_id": str(conversation_id), "p_up_to_message_id": up_to and str(up_to)},
        ("conversation_id", "last_read_at", "unread_count"),
    )


def export_page(member: SyncPostgrestClient, part: ExportPart, after: tuple[UUID, int | None] | None) -> Row:
    """`{"rows", "has_more"}` of one part, whole rows after a key, and for messages a number."""
    row_id, seq = after or (None, None)
    return call(
        member,
        "chat_export",
        {"p_part": part, "p_after_id": row_id and str(row_id), "p_after_seq": seq},
        ("rows", "has_more"),
    )
