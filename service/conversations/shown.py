"""A conversation and its messages as they look outside: which columns leave the house, under which names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.core.mapper import Row, camel, outside

MESSAGE = (
    "id", "conversation_id", "role", "kind", "content", "payload", "in_reply_to", "client_message_id",
    "request_id", "created_at", "answered_at",
)  # fmt: skip
CONVERSATION = ("id", "client_conversation_id", "status", "created_at", "unread_count", "last_read_at", "title")


def message(row: Row) -> dict[str, Any]:
    """A row of chat_messages."""
    answer = row["answer"]
    return outside(row, MESSAGE) | {
        "answer": answer and {camel(key): value for key, value in answer.items()},
        "cursor": str(row["seq"]),
    }


def messages(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows of chat_messages, in the same order."""
    return [message(row) for row in rows]


def conversation(row: Row) -> dict[str, Any]:
    """A row of chat_conversation_summaries."""
    last = row["last_message"]
    return outside(row, CONVERSATION) | {"lastMessage": last and message(last)}
