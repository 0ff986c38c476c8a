"""Imports as they look outside, for operators."""

from __future__ import annotations

from typing import Any

from service.core.mapper import Row, outside
from service.inbox.shown import person

_ENTRY = (
    "id", "kind", "source", "state", "error", "done", "total", "is_complete", "counts", "created_at", "finished_at",
)  # fmt: skip
_ITEM = ("source", "outcome", "article_id", "title", "reason")


def entry(row: Row) -> dict[str, Any]:
    """An import in a list."""
    return outside(row, _ENTRY) | {"createdBy": row["created_by"] and person(row["created_by"])}


def whole(row: Row) -> dict[str, Any]:
    """An import with its items."""
    return entry(row) | {"items": [outside(one, _ITEM) for one in row["items"]]}
