"""Page limits and cursors, in and out. A cursor is nobody's to read but ours."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import request

from service.core.errors import FieldError, Invalid

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_NUMBER = re.compile(r"[0-9]{1,18}")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


def list_place() -> tuple[int, tuple[datetime, UUID] | None]:
    """`limit` and `cursor` of this request. Raises Invalid with all of its faults."""
    limit, cursor = all_of(page_limit, list_cursor)
    return limit, cursor


def seq_place() -> tuple[int, tuple[int | None, int | None], int | None]:
    """`limit`, the places `before` and `after`, and `changedAfter` of this request, of which one may be given.

    Raises Invalid with all of its faults.
    """
    limit, cursors, changed_after = all_of(page_limit, seq_cursors, partial(_seq_cursor, "changedAfter"))
    if changed_after is not None and cursors != (None, None):
        raise Invalid(errors=[FieldError("changedAfter", "cannot be used together with before or after")])
    return limit, cursors, changed_after


def page_limit() -> int:
    """`limit` of this request. Raises Invalid."""
    text = request.args.get("limit")
    if text is None:
        return DEFAULT_LIMIT
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= MAX_LIMIT:
        raise Invalid(errors=[FieldError("limit", f"must be a whole number from 1 to {MAX_LIMIT}")])
    return int(text)


def seq_cursors() -> tuple[int | None, int | None]:
    """The places `before` and `after` of this request, of which one may be given. Raises Invalid."""
    before, after = all_of(partial(_seq_cursor, "before"), partial(_seq_cursor, "after"))
    if before is not None and after is not None:
        raise Invalid(errors=[FieldError("after", "cannot be used together with before")])
    return before, after


def _seq_cursor(name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise _bad_cursor(name)
    return int(text)


def version_cursor() -> int | None:
    """The version before which a list of versions goes on, if this request names one. Raises Invalid."""
    text = request.args.get("cursor")
    if text is None:
        return None
    if not _VERSION.fullmatch(text):
        raise _bad_cursor("cursor")
    return int(text)


def list_cursor() -> tuple[datetime, UUID] | None:
    """A place in a list, given as `cursor`, its time in UTC. Raises Invalid."""
    text = request.args.get("cursor")
    if text is None:
        return None
    try:
        at, _, row_id = base64.b64decode(text, b"-_", validate=True).decode("ascii").partition("|")
        time, key = datetime.fromisoformat(at), UUID(row_id)
        # Postgres takes fewer offsets than Python, and UTC always.
        place = time.astimezone(UTC), key
    except (ValueError, OverflowError):
        raise _bad_cursor("cursor") from None
    if time.tzinfo is None:
        raise _bad_cursor("cursor")
    return place


def cursor_of_list(row: Mapping[str, Any], time: str = "last_message_at") -> str:
    """The cursor of the place after `row`, in a list that is ordered by this column and `id`."""
    return cursor_after(row[time], row["id"])


def cursor_after(at: str, row_id: object) -> str:
    """The cursor of the place after the row of that time and id."""
    return base64.urlsafe_b64encode(f"{at}|{row_id}".encode()).decode()


def all_of(*parts: Callable[[], Any]) -> list[Any]:
    """What each of `parts` reads of this request. Raises Invalid with the faults of all of them."""
    found: list[Any] = []
    faults: list[FieldError] = []
    for part in parts:
        try:
            found.append(part())
        except Invalid as error:
            faults += error.errors
    if faults:
        raise Invalid(errors=faults)
    return found


def _bad_cursor(name: str) -> Invalid:
    return Invalid(errors=[FieldError(name, "is not a cursor of this API")])
