"""What a member reads, and the marker of how far: one request each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.actions import conversations, messages, reads
from service.actions.clients import Upstream
from service.domain.views import Row


def list_conversations(upstream: Upstream, token: str, limit: int, before: tuple[datetime, UUID] | None) -> list[Row]:
    """Conversations, latest activity first, after the place `before`. Raises MunuiError."""
    return conversations.list_conversations(upstream.member_client(token), limit, before)


def page_messages(
    upstream: Upstream,
    token: str,
    conversation_id: UUID,
    limit: int,
    *,
    before: int | None = None,
    after: int | None = None,
) -> Row:
    """Messages of a conversation, oldest first. Raises MunuiError."""
    return messages.page_messages(upstream.member_client(token), conversation_id, limit, before=before, after=after)


def mark_read(upstream: Upstream, token: str, conversation_id: UUID, up_to: UUID | None) -> Row:
    """Move the marker up to a message, by default the last. Raises MunuiError."""
    return reads.mark_read(upstream.member_client(token), conversation_id, up_to)
