"""Inside is snake_case, outside is camelCase, and here is the only way between the two.

Belongs here: names, timestamps and which columns leave the house. Does not belong here: what a value means.
A payload, the values of a form and a flow are data of their own: their keys are nobody's to rename.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict

Row = Mapping[str, Any]

MESSAGE = (
    "id", "conversation_id", "role", "kind", "content", "payload", "in_reply_to", "client_message_id",
    "request_id", "created_at", "answered_at",
)  # fmt: skip
CONVERSATION = ("id", "client_conversation_id", "status", "created_at", "unread_count", "last_read_at")
TIMES = frozenset({"created_at", "answered_at", "last_read_at", "last_message_at", "done_at"})


@lru_cache(maxsize=512)
def camel(name: str) -> str:
    """`client_message_id` to `clientMessageId`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


class Inbound(BaseModel):
    """A body from outside: camelCase names, nothing that is not known, never changed."""

    model_config = ConfigDict(alias_generator=camel, extra="forbid", frozen=True)


def outside(row: Row, names: Sequence[str]) -> dict[str, Any]:
    """The columns `names` of a row, as they look outside."""
    return {camel(name): _value(name, row[name]) for name in names}


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


def whole(row: Row) -> dict[str, Any]:
    """All columns of a row, for its owner."""
    return outside(row, tuple(row))


def timestamp(text: str) -> str:
    """A time of the database as RFC 3339 in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _value(name: str, value: Any) -> Any:
    return timestamp(value) if name in TIMES and value is not None else value
