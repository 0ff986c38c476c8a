"""Articles as they look outside, for operators."""

from __future__ import annotations

from typing import Any

from service.core.mapper import Row, outside
from service.inbox.shown import person

_ENTRY = (
    "id", "title", "slug", "locale", "status", "audience", "questions", "version", "source_kind", "source",
    "edited_by_hand", "created_at", "updated_at", "published_at",
)  # fmt: skip
_VERSION = ("version", "title", "body", "questions", "locale", "status", "audience", "how", "created_at")
_FOUND = (
    "articleId", "chunkId", "slug", "version", "title", "titlePath", "text", "locale", "score", "coverage",
    "answerable",
)  # fmt: skip
_MISS = ("id", "question", "locale", "asked", "status", "first_asked_at", "last_asked_at")


def entry(row: Row) -> dict[str, Any]:
    """An article in a list."""
    return outside(row, (*_ENTRY, "excerpt")) | {"updatedBy": _person(row["updated_by"])}


def article(row: Row) -> dict[str, Any]:
    """An article."""
    return outside(row, (*_ENTRY, "body")) | {"updatedBy": _person(row["updated_by"])}


def version(row: Row) -> dict[str, Any]:
    """A row of kb_versions."""
    return outside(row, _VERSION) | {"by": _person(row["by"])}


def found(row: Row) -> dict[str, Any]:
    """A row of what kb_find answers, which has the names of outside already."""
    return {name: row[name] for name in _FOUND}


def miss(row: Row) -> dict[str, Any]:
    """A row of kb_misses."""
    return outside(row, _MISS)


def _person(row: Row | None) -> dict[str, Any] | None:
    return row and person(row)
