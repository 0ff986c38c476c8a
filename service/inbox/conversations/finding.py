"""Which conversations a list is about: its view, its filters, and the place where a page begins.

Belongs here: reading them off a request, and cursors. Does not belong here: what a view holds (the database).
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

from flask import request

from service.core.errors import FieldError, Invalid
from service.core.mapper import Row
from service.core.text import trim
from service.http.paging import all_of, page_limit
from service.http.query import one_of
from service.inbox.fields import View
from service.inbox.requests import storable

VIEWS: tuple[str, ...] = get_args(View)
DEFAULT_VIEW = "all"
LONGEST_QUERY = 100


@dataclass(frozen=True, slots=True)
class Search:
    """A view, narrowed by filters that are None where everything counts; `before` is where its page begins."""

    view: str
    assignee: UUID | None
    label: str | None
    channel: str | None
    query: str | None
    limit: int
    before: Row | None

    def as_arguments(self) -> dict[str, Any]:
        """As `actions.find` takes it."""
        return asdict(self)


def search() -> Search:
    """What this request looks for. Raises Invalid with all of its faults."""
    view, assignee, query, limit, before = all_of(_view, _assignee, _query, page_limit, _place)
    return Search(view, assignee, _word("label"), _word("channel"), query, limit, before)


def cursor_of(place: Row) -> str:
    """The cursor of a place, as the database tells where the next page begins."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _view() -> str:
    return one_of("view", VIEWS) or DEFAULT_VIEW


def _assignee() -> UUID | None:
    text = request.args.get("assignee")
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise Invalid(errors=[FieldError("assignee", "must be the id of an operator")]) from None


def _query() -> str | None:
    text = trim(request.args.get("q", ""))
    if len(text) > LONGEST_QUERY:
        raise Invalid(errors=[FieldError("q", f"must be at most {LONGEST_QUERY} characters")])
    return storable(text) or None


def _place() -> Row | None:
    text = request.args.get("cursor")
    if text is None:
        return None
    try:
        place = json.loads(base64.b64decode(text, b"-_", validate=True))
        at = datetime.fromisoformat(place["at"])
        # Postgres takes fewer offsets than Python, and UTC always.
        told = {"at": at.astimezone(UTC).isoformat(), "id": str(UUID(place["id"]))}
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise _bad_cursor() from None
    if at.tzinfo is None:
        raise _bad_cursor()
    return told


def _word(name: str) -> str | None:
    text = request.args.get(name)
    return None if text is None else storable(text)


def _bad_cursor() -> Invalid:
    return Invalid(errors=[FieldError("cursor", "is not a cursor of this API")])
