"""What a request looks for: the words, the filters, the order, and the place where a page begins.

Belongs here: reading them off a request, and cursors. Does not belong here: what words mean (the database).
"""

from __future__ import annotations

import base64
import json
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import request

from service.core.errors import FieldError, Invalid
from service.core.ids import uuid_or_none
from service.core.mapper import Row
from service.http.paging import all_of, page_limit
from service.http.query import one_of
from service.inbox.requests import storable

SORTS = ("newest", "best")
KINDS = ("message", "note", "inquiry", "contact")
FROM = ("customer", "operator", "bot")
STATUSES = ("open", "completed")
HAS = ("note", "inquiry", "rating", "label")
# What more than this says is not looked for; the database cuts there, too.
LONGEST_QUERY = 200
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Numbers of a cursor of the best: one for each token.
_MOST_SHARES = 64


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for. `filters` are by the names of `inbox_search`; `before` is where the page begins."""

    query: str
    filters: Row
    sort: str
    limit: int
    before: Row | None


def search() -> Search:
    """What this request looks for. Raises Invalid with all of its faults."""
    sort, limit, before, after_day, before_day, kind, status, has, author = all_of(
        partial(one_of, "sort", SORTS),
        page_limit,
        _place,
        partial(_moment, "after"),
        partial(_moment, "before"),
        partial(one_of, "kind", KINDS),
        partial(one_of, "status", STATUSES),
        partial(one_of, "has", HAS),
        _author,
    )
    filters = {
        **author,
        "after": after_day,
        "before": before_day,
        "kind": kind,
        "status": status,
        "has": has,
        "channel": _word("channel"),
        "label": _word("label"),
    }
    given = {name: value for name, value in filters.items() if value is not None}
    return Search(storable(request.args.get("q", "")[:LONGEST_QUERY]), given, sort or SORTS[0], limit, before)


def cursor_of(place: Row) -> str:
    """The cursor of a place, as the database tells where the next page begins."""
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode()


def _author() -> Row:
    word = request.args.get("from")
    if word is None:
        return {}
    if word in FROM:
        return {"said_by": word}
    if somebody := uuid_or_none(word):
        return {"author": str(somebody)}
    raise Invalid(errors=[FieldError("from", f"must be one of {', '.join(FROM)}, or the id of a contact or operator")])


def _moment(name: str) -> str | None:
    """A moment, or a day: the database knows when the team's days begin."""
    text = request.args.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if _DAY.fullmatch(text):
            return text
        if moment.tzinfo is not None:
            # Postgres takes fewer offsets than Python, and UTC always.
            return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        pass
    raise Invalid(errors=[FieldError(name, "must be a day (2026-11-30) or a time with its offset from UTC")])


def _word(name: str) -> str | None:
    text = request.args.get(name)
    return None if text is None else storable(text)


def _place() -> Row | None:
    text = request.args.get("cursor")
    if text is None:
        return None
    try:
        told = json.loads(base64.b64decode(text, b"-_", validate=True))
        place: dict[str, Any] = {"at": _time(told["at"]), "id": str(UUID(told["id"]))}
        if request.args.get("sort") == "best":
            shares = [float(share) for share in told["shares"]]
            place |= {"as_of": _time(told["as_of"]), "score": float(told["score"]), "shares": shares}
            is_known = len(shares) <= _MOST_SHARES and all(0 <= share <= 1 for share in shares)
            if not is_known or not math.isfinite(place["score"]):
                raise _bad_cursor()
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise _bad_cursor() from None
    return place


def _time(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise _bad_cursor()
    return moment.astimezone(UTC).isoformat()


def _bad_cursor() -> Invalid:
    return Invalid(errors=[FieldError("cursor", "is not a cursor of this API")])
