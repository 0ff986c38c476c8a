"""Figures as they look outside: names, and times in whole seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from service.core.locale import Locale
from service.core.mapper import Row, camel, outside
from service.inbox.figures.words import COUNTS

_DAY = ("date", "begun", "asked", "answered", "completed", "completed_by_bot")
_OPERATOR = ("id", "display_name", "is_active", "messages", "first_answers", "completed")
_LABEL = ("name", "color", "begun", "asked", "answered")
_FIRST_ANSWERS = ("asked", "answered", "waiting", "left")
_COMPLETIONS = ("completed", "by_bot", "unanswered")


def figures(row: Row, locale: Locale) -> dict[str, Any]:
    """All of them."""
    ratings = row["ratings"]
    return {
        **outside(row, ("from", "to", "time_zone")),
        "counts": COUNTS[locale],
        "waiting": _waiting(row["waiting"]),
        "begun": row["begun"],
        "firstAnswers": _timed(row["first_answers"], _FIRST_ANSWERS, "seconds", "working_seconds"),
        "completions": _timed(row["completions"], _COMPLETIONS, "seconds", "working_seconds"),
        "days": [_timed(one, _DAY, "seconds") for one in row["days"]],
        "operators": [_timed(one, _OPERATOR, "seconds") for one in row["operators"]],
        "labels": [_timed(one, _LABEL, "seconds") for one in row["labels"]],
        "ratings": {
            "count": ratings["count"],
            "average": None if ratings["average"] is None else round(ratings["average"], 2),
            "scores": ratings["scores"],
        },
    }


def _waiting(row: Row) -> dict[str, Any]:
    times = ("longest_seconds", "longest_working_seconds")
    return outside(row, ("count", "longest_since")) | {camel(name): _whole(row[name]) for name in times}


def _timed(row: Mapping[str, Any], names: Sequence[str], *times: str) -> dict[str, Any]:
    return outside(row, names) | {camel(name): _spread(row[name]) for name in times}


def _spread(found: Sequence[float | None] | None) -> dict[str, int] | None:
    if found is None or found[0] is None:
        return None
    return {"median": round(found[0]), "p90": round(found[1] or 0)}


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)
