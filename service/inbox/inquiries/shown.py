"""Inquiries and today's conversations as they look outside."""

from __future__ import annotations

from typing import Any

from service.core.mapper import Row, outside
from service.inbox import shown
from service.inbox.inquiries.inquiry_fields import Labels

_DAY = ("id", "status", "created_at", "last_message_at", "message_count", "last_words")


def inquiry(row: Row, labels: Labels) -> dict[str, Any]:
    """A row of chat_inquiries, with its values as people read them."""
    return shown.inquiry(row) | {
        "contactId": row["user_id"],
        "conversationId": row["conversation_id"],
        "fields": labels.listed(row["values"]),
    }


def today(row: Row) -> dict[str, Any]:
    """What `chat_operator_day` tells."""
    return outside(row, ("waiting", "begun", "completed")) | {
        "conversations": [outside(one, _DAY) | {"contactId": one["user_id"]} for one in row["conversations"]],
    }
