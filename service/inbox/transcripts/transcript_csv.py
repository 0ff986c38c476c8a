"""Transcripts as a CSV file, a line a message.

Does not belong here: what keeps a cell harmless (`service/inbox/spreadsheet.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from service.inbox.spreadsheet import BOM, csv_lines, harmless

_COLUMNS = (
    "conversationId", "status", "channel", "contactId", "contactName", "contactEmail", "messageId", "createdAt", "role",
    "author", "kind", "content", "ratingScore", "ratingComment",
)  # fmt: skip


def csv_file(transcripts: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    """The file, page by page, from transcripts as they look outside."""
    yield BOM + csv_lines([list(_COLUMNS)])
    for page in transcripts:
        yield csv_lines([_cells(one, message) for one in page for message in one["messages"]])


def _cells(transcript: dict[str, Any], message: dict[str, Any]) -> list[str]:
    contact, author, rating = transcript["contact"], message["author"], transcript["rating"] or {}
    told = (transcript["id"], transcript["status"], transcript["channel"], contact["id"])
    said = (message["id"], message["createdAt"], message["role"])
    return [
        *told,
        harmless(contact["name"] or ""),
        harmless(contact["email"] or ""),
        *said,
        harmless(author["name"] if author else ""),
        message["kind"],
        harmless(_content(message)),
        str(rating.get("score", "")),
        harmless(rating.get("comment") or ""),
    ]


def _content(message: dict[str, Any]) -> str:
    """What a message says; of a question what it offers."""
    payload = message["payload"] or {}
    offered = [one["label"] for one in (*payload.get("chips", ()), *payload.get("fields", ()))]
    return message["content"] or " / ".join(offered)
