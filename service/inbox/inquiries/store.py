"""Inquiries by the page, and all of them one page after the other.

Belongs here: pages and their order. Does not belong here: who is an operator, and how anything looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking
from service.inbox.inquiries import actions

Place = tuple[datetime, UUID]

# Of the longest inquiries these are still an answer that the connections take.
_EXPORT_PAGE = 200


@dataclass(frozen=True, slots=True)
class Search:
    """Which inquiries: those that hold a text, those of a status, or all."""

    text: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some inquiries, newest first, and the place where the next ones begin."""

    rows: list[Row]
    next: Place | None


def page_inquiries(asking: Asking, search: Search, before: Place | None, size: int, *, is_export: bool = False) -> Page:
    """Inquiries after the place `before`. Raises MunuiError."""
    rows = actions.find_inquiries(
        asking, text=search.text, status=search.status, limit=size + 1, before=before, is_export=is_export
    )
    page = rows[:size]
    return Page(page, _place(page[-1]) if len(rows) > size else None)


def all_inquiries(asking: Asking, search: Search) -> Iterator[list[Row]]:
    """Every inquiry, a page at a time, so that no number of them fills the memory. Raises MunuiError."""
    before: Place | None = None
    while True:
        page = page_inquiries(asking, search, before, _EXPORT_PAGE, is_export=True)
        yield page.rows
        if page.next is None:
            return
        before = page.next


def _place(row: Row) -> Place:
    return datetime.fromisoformat(row["created_at"]), UUID(row["id"])
