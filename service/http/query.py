"""What the query of a request says where its parts may be few things only: a word of some, a day.

Belongs here: what several subjects ask for alike. Does not belong here: pages (`paging.py`), and what one subject alone
knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import request

from service.core.errors import FieldError, Invalid

# Of a calendar that every program knows, with days to spare on both sides.
_EARLIEST, _LATEST = date(2000, 1, 1), date(2199, 12, 31)
_LIKE = "2027-01-01"


def one_of(name: str, words: Sequence[str]) -> str | None:
    """The word that this request says for `name`, if it says any. Raises Invalid."""
    word = request.args.get(name)
    if word is not None and word not in words:
        raise Invalid(errors=[FieldError(name, f"must be one of {', '.join(words)}")])
    return word


def day(name: str) -> date | None:
    """The day that this request says for `name`, if it says any. Raises Invalid."""
    text = request.args.get(name)
    if text is None:
        return None
    try:
        told = date.fromisoformat(text) if len(text) == len(_LIKE) else None
    except ValueError:
        told = None
    if told is None or not _EARLIEST <= told <= _LATEST:
        raise Invalid(errors=[FieldError(name, f"must be a date such as {_LIKE}")])
    return told
