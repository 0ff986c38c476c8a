"""What the calls about conversations ask of the database, as an operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking

_AROUND = ("conversation", "contact", "labels", "notes", "activities", "inquiries", "former", "viewers")


def find(
    asking: Asking,
    *,
    view: str,
    assignee: UUID | None,
    label: str | None,
    channel: str | None,
    query: str | None,
    limit: int,
    before: Row | None,
) -> Row:
    """`{"conversations", "next", "counts"}` of a view, after the place `before`."""
    params = {
        "p_view": view,
        "p_assignee": assignee and str(assignee),
        "p_label": label,
        "p_channel": channel,
        "p_limit": limit,
        "p_before": before,
        "p_query": query,
    }
    return asking.ask("inbox_list", params, ("conversations", "next", "counts"))


def read(asking: Asking, conversation_id: UUID) -> Row:
    """A conversation with everything around it."""
    return asking.ask("inbox_conversation", {"p_id": str(conversation_id)}, _AROUND)


def open_with(asking: Asking, conversation_id: UUID, limit: int) -> Row:
    """As `read`, with the newest messages: `messages` and `has_earlier` too."""
    params = {"p_id": str(conversation_id), "p_limit": limit}
    return asking.ask("inbox_open", params, (*_AROUND, "messages", "has_earlier"))


def page_messages(
    asking: Asking, conversation_id: UUID, limit: int, *, before: int | None = None, after: int | None = None
) -> Row:
    """`{"conversation", "messages", "has_earlier", "has_later"}` of one page."""
    params = {"p_id": str(conversation_id), "p_limit": limit, "p_before": before, "p_after": after}
    return asking.ask("inbox_messages", params, ("conversation", "messages", "has_earlier", "has_later"))


def changed_messages(asking: Asking, conversation_id: UUID, limit: int, after_rev: int) -> Row:
    """`{"conversation", "messages", "has_more"}`: what changed after a count of the conversation, in its order."""
    params = {"p_id": str(conversation_id), "p_limit": limit, "p_after_rev": after_rev}
    return asking.ask("inbox_messages", params, ("conversation", "messages", "has_more"))


def reply(
    asking: Asking,
    conversation_id: UUID,
    client_message_id: UUID | None,
    *,
    content: str | None,
    seen_rev: int | None,
    request_id: UUID,
) -> Row:
    """Write a message, once; `{"conversation", "message", "created"}`."""
    params = {
        "p_id": str(conversation_id),
        "p_client_message_id": client_message_id and str(client_message_id),
        "p_content": content,
        "p_seen_rev": seen_rev,
        "p_request_id": str(request_id),
    }
    return asking.ask("inbox_reply", params, ("conversation", "message", "created"))


def claim(asking: Asking, conversation_id: UUID, if_rev: int | None) -> Row:
    """Take a conversation that nobody has; `{"conversation"}`. Raises AlreadyAssigned."""
    params = {"p_id": str(conversation_id), "p_if_rev": if_rev}
    return asking.ask("inbox_claim", params, ("conversation",))


def change(
    asking: Asking, conversation_id: UUID, if_rev: int | None, changes: Row, reply: dict[str, Any] | None = None
) -> Row:
    """Change a conversation, and write what the flow says to it; `{"conversation", "messages"}`.

    Raises ConversationChanged.
    """
    params = {"p_id": str(conversation_id), "p_if_rev": if_rev, "p_changes": changes, "p_reply": reply}
    return asking.ask("inbox_change", params, ("conversation", "messages"))


def read_turn(asking: Asking, conversation_id: UUID, known_flows: Sequence[str]) -> Row:
    """Where the flow of a conversation stands, as `chat_turn` tells it, and as `inbox` the conversation."""
    params = {"p_id": str(conversation_id), "p_known_flows": list(known_flows)}
    return asking.ask("inbox_turn", params, ("conversation", "inbox"))


def tell_typing(asking: Asking, conversation_id: UUID, *, is_typing: bool) -> None:
    """Tell that the operator types there."""
    asking.tell("inbox_type", {"p_conversation_id": str(conversation_id), "p_is_typing": is_typing})


def changed(asking: Asking, cursor: str | None) -> Row:
    """`{"cursor", "conversations", "gone", "resync", "counts"}` since a cursor."""
    return asking.ask("inbox_changes", {"p_cursor": cursor}, ("cursor", "conversations", "gone", "resync", "counts"))
