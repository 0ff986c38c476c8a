"""Messages: the member's half of a turn, the service's half, and reading them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from postgrest import SyncPostgrestClient

from service.actions.calls import call, call_for
from service.domain.views import AnswerPreview, Row, TurnView


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
    member: SyncPostgrestClient, conversation_id: UUID, limit: int, *, before: int | None, after: int | None
) -> Row:
    """`{"conversation", "messages", "has_earlier", "has_later"}` of one page."""
    return call(
        member,
        "chat_page",
        {"p_conversation_id": str(conversation_id), "p_limit": limit, "p_before": before, "p_after": after},
        ("conversation", "messages", "has_earlier", "has_later"),
    )
