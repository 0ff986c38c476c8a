"""When the team worked: its hours one after another, as they were changed.

Belongs here: which times were working time by the hours that held then, overrides too. Does not belong here: what hours
mean (`core/hours.py`), keeping them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from service.core.hours import Hours

Piece = tuple[datetime, datetime]

_BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
_END = datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class KeptHours:
    """Hours in the order of the moments since when they held, each until the next one's."""

    plans: tuple[tuple[datetime, Hours], ...]

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> KeptHours:
        """Those in rows of chat_hours, in their order. What cannot be read counts as open, as customers are told."""
        return cls(tuple((_moment(row["since_at"]), _hours(row)) for row in rows))

    def pieces(self, begin: datetime, end: datetime) -> list[Piece]:
        """The pieces of the time between two moments that were working time, in order, none touching another."""
        joined: list[Piece] = []
        for since, until in self._pieces(begin.astimezone(UTC), end.astimezone(UTC)):
            touches = joined and joined[-1][1] == since
            joined.append((joined.pop()[0] if touches else since, until))
        return joined

    def working_seconds(self, begin: datetime, end: datetime) -> float:
        """How much of the time between two moments was working time."""
        return sum((until - since).total_seconds() for since, until in self.pieces(begin, end))

    def _pieces(self, begin: datetime, end: datetime) -> Iterator[Piece]:
        ends = [*(since for since, _ in self.plans[1:]), _END]
        for (since, hours), until in zip(self.plans, ends, strict=False):
            first, last = max(since, begin), min(until, end)
            if first < last:
                yield from _of_one(hours, first, last)


def _of_one(hours: Hours, begin: datetime, end: datetime) -> Iterator[Piece]:
    """Working time by one plan, and before it by what was decided by hand."""
    planned = begin
    if hours.override_open is not None and hours.override_until is not None:
        planned = min(max(hours.override_until.astimezone(UTC), begin), end)
        if hours.override_open and begin < planned:
            yield begin, planned
    yield from hours.planned_pieces(planned, end)


def _hours(row: Mapping[str, Any]) -> Hours:
    try:
        return Hours.from_row(row)
    except ValueError:
        return Hours(UTC, always_open=True)


def _moment(text: str) -> datetime:
    return _BEGINNING if text == "-infinity" else datetime.fromisoformat(text).astimezone(UTC)
