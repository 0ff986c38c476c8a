"""Figures as a CSV file: a line a value, with what it counts.

Does not belong here: what keeps a cell harmless (`service/inbox/spreadsheet.py`). Values are numbers, and are to be
numbers in a spreadsheet too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.core.locale import Locale
from service.inbox.figures.words import COUNTS, HEADS, NAMES, UNITS
from service.inbox.spreadsheet import BOM, csv_lines, harmless

_TIMED = ("seconds.median", "seconds.p90")
_WORKING = ("workingSeconds.median", "workingSeconds.p90")


def csv_file(figures: Mapping[str, Any], locale: Locale) -> str:
    """The file, from figures as they look outside."""
    names, units, counts = NAMES[locale], UNITS[locale], COUNTS[locale]
    rows = [list(HEADS[locale])]
    for figure, of, measure, value in _values(figures):
        unit = "seconds" if "econds" in measure else "score" if measure == "average" else "count"
        named = names["score"].format(n=measure) if measure.isdigit() else names[measure]
        shown = "" if value is None else str(value)
        rows.append([names[figure], harmless(of), named, shown, units[unit], counts[figure]])
    return BOM + csv_lines(rows)


def _values(figures: Mapping[str, Any]) -> Iterator[tuple[str, str, str, float | None]]:
    """Figure, of what, measure and value, in the order of the page."""
    span = f"{figures['from']} – {figures['to']}"
    waiting, ratings = figures["waiting"], figures["ratings"]
    for measure in ("count", "longestSeconds", "longestWorkingSeconds"):
        yield "waiting", "", measure, waiting[measure]
    yield "begun", span, "count", figures["begun"]
    first = {**figures["firstAnswers"], "stillWaiting": figures["firstAnswers"]["waiting"]}
    yield from _of("firstAnswers", span, first, ("asked", "answered", "stillWaiting", "left", *_TIMED, *_WORKING))
    yield from _of(
        "completions", span, figures["completions"], ("completed", "byBot", "unanswered", *_TIMED, *_WORKING)
    )
    for day in figures["days"]:
        measures = ("begun", "asked", "answered", "completed", "completedByBot", *_TIMED)
        yield from _of("days", day["date"], day, measures)
    for one in figures["operators"]:
        yield from _of("operators", one["displayName"], one, ("messages", "firstAnswers", "completed", *_TIMED))
    for label in figures["labels"]:
        yield from _of("labels", label["name"], label, ("begun", "asked", "answered", *_TIMED))
    yield from _of("ratings", span, ratings, ("count", "average"))
    for score, count in enumerate(ratings["scores"], 1):
        yield "ratings", span, str(score), count


def _of(
    figure: str, of: str, row: Mapping[str, Any], measures: Sequence[str]
) -> Iterator[tuple[str, str, str, float | None]]:
    for measure in measures:
        name, _, part = measure.partition(".")
        value = row[name] if not part or row[name] is None else row[name][part]
        yield figure, of, measure, value
