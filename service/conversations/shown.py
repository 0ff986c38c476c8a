"""A conversation and its messages as they look outside: which columns leave the house, under which names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from service.core.mapper import Row, camel, outside

MESSAGE = (
    "id", "conversation_id", "role", "kind", "content", "payload", "in_reply_to", "client_message_id",
    "request_id", "created_at", "answered_at", "author", "rev",
)  # fmt: skip
CONVERSATION = (
    "id", "client_conversation_id", "status", "created_at", "unread_count", "last_read_at", "title", "handling",
    "channel", "rev",
)  # fmt: skip
# How long a conversation may be rated after that was asked for; the database takes it as long.
RATING = timedelta(days=14)


def message(row: Row, conversation_row: Row | None = None) -> dict[str, Any]:
    """A row of chat_messages; that of its conversation says how far it was read."""
    answer = row["answer"]
    return outside(row, MESSAGE) | {
        "answer": answer and {camel(key): value for key, value in answer.items()},
        "status": _status(row, conversation_row),
        "cursor": str(row["seq"]),
    }


def messages(rows: Sequence[Row], conversation_row: Row | None = None) -> list[dict[str, Any]]:
    """Rows of chat_messages, in the same order."""
    return [message(row, conversation_row) for row in rows]


def conversation(row: Row) -> dict[str, Any]:
    """A row of chat_conversation_summaries."""
    last, agent = row["last_message"], row["agent"]
    return outside(row, CONVERSATION) | {
        # That somebody types is told by the stream, and never kept.
        "agent": agent and {"name": agent["name"], "avatarUrl": agent.get("avatarUrl"), "isTyping": False},
        "ratingAsked": _is_rating_asked(row),
        "lastMessage": last and message(last, row),
    }


def _status(row: Row, conversation_row: Row | None) -> str | None:
    """How far a message got: as its channel told, or where an operator wrote it by the read marker."""
    if row["status"] is not None or row["author"] is None:
        status: str | None = row["status"]
        return status
    read_seq = (conversation_row or {}).get("last_read_seq") or 0
    return "read" if row["seq"] <= read_seq else "sent"


def _is_rating_asked(row: Row) -> bool:
    if row["rating_asked_at"] is None:
        return False
    asked_at = datetime.fromisoformat(row["rating_asked_at"])
    rated_at = (row["rating"] or {}).get("rated_at")
    # Asked again later, it is wanted again; a rating of before, that does not say when it was, answered it.
    is_answered = row["rating"] is not None and (rated_at is None or datetime.fromisoformat(rated_at) >= asked_at)
    return not is_answered and datetime.now(UTC) < asked_at + RATING
