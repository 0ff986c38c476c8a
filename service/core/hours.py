"""When the team works: spans a weekday, holidays, an override, in the team's own time zone.

Belongs here: what follows from the times that are kept. Does not belong here: keeping them, saying them
(`core/told_time.py`), whether somebody is there (`core/team.py`).

A span means what a clock on the team's wall shows. So on the night when the clocks go forward an hour of it is missing,
and when they go back an hour of it comes twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
# How far ahead the next opening is looked for.
HORIZON = 400 * DAY
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` up to but without `end`, on a weekday (Monday is 0).

    An end at or before its begin is on the next day.
    """

    weekday: int
    begin: time
    end: time

    def holds(self, weekday: int, clock: time) -> bool:
        """Whether a clock that shows this is within the span."""
        if self.begin < self.end:
            return weekday == self.weekday and self.begin <= clock < self.end
        return (weekday == self.weekday and self.begin <= clock) or (
            weekday == (self.weekday + 1) % 7 and clock < self.end
        )


@dataclass(frozen=True, slots=True)
class Day:
    """A day by the plan: pieces as a clock on the team's wall shows them, where 24:00 is the end of the day.

    `overridden` is the piece for which something else was decided by hand.
    """

    date: date
    open: tuple[tuple[str, str], ...]
    overridden: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Hours:
    """The plan of a team, and what was decided by hand until a moment. All moments have a time zone."""

    zone: tzinfo
    spans: tuple[Span, ...] = ()
    holidays: frozenset[date] = frozenset()
    always_open: bool = False
    override_open: bool | None = None
    override_until: datetime | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Hours:
        """The hours in a row of chat_team. Raises ValueError, which names what cannot be used."""
        until = row["override_until"]
        return cls(
            _zone(row["time_zone"]),
            tuple(_span(span) for span in row["spans"]),
            frozenset(_date(day) for day in row["holidays"]),
            bool(row["always_open"]),
            row["override_open"],
            None if until is None else datetime.fromisoformat(until),
        )

    def is_open(self, now: datetime) -> bool:
        """Whether the team works now."""
        if self.is_overridden(now):
            return bool(self.override_open)
        return self._is_planned(now)

    def opens_at(self, now: datetime) -> datetime | None:
        """When the team is back, in its own time zone; None while it is open, and where nothing says when."""
        if self.is_open(now):
            return None
        begin = self.override_until if self.override_until is not None and self.is_overridden(now) else now
        opening = next((start for start, _ in self.planned_pieces(begin, begin + HORIZON)), None)
        return None if opening is None else opening.astimezone(self.zone)

    def closes_at(self, now: datetime) -> datetime | None:
        """When the team stops working, in its own time zone; None while it does not, and where nothing says when."""
        if not self.is_open(now):
            return None
        begin = self.override_until if self.override_until is not None and self.is_overridden(now) else now
        since, until = next(self._open_spans(begin, begin + HORIZON), (None, None))
        if since != begin.astimezone(UTC):
            # Only what was decided by hand keeps it open.
            return begin.astimezone(self.zone)
        return None if until is None or until >= (begin + HORIZON).astimezone(UTC) else until.astimezone(self.zone)

    def week(self, now: datetime) -> list[Day]:
        """The days of this week in the team's time zone, from Monday, as the plan has them."""
        today = now.astimezone(self.zone).date()
        monday = today - today.weekday() * DAY
        return [self._day(monday + n * DAY, now) for n in range(7)]

    def _day(self, day: date, now: datetime) -> Day:
        begin, end = (datetime.combine(one, time(0), self.zone).astimezone(UTC) for one in (day, day + DAY))

        def told(since: datetime, until: datetime) -> tuple[str, str]:
            last = "24:00" if until == end else f"{until.astimezone(self.zone):%H:%M}"
            return f"{since.astimezone(self.zone):%H:%M}", last

        overridden = None
        if self.override_until is not None and self.is_overridden(now):
            since, until = max(begin, now.astimezone(UTC)), min(end, self.override_until.astimezone(UTC))
            overridden = told(since, until) if since < until else None
        return Day(day, tuple(told(*piece) for piece in self._open_spans(begin, end)), overridden)

    def working_seconds(self, begin: datetime, end: datetime) -> float:
        """How much of the time between two moments was working time by the plan.

        An override is not counted: since when it held, and what stood there before it, is not kept.
        """
        return sum((until - since).total_seconds() for since, until in self.planned_pieces(begin, end))

    def is_overridden(self, now: datetime) -> bool:
        """Whether what was decided by hand holds now."""
        return self.override_open is not None and self.override_until is not None and now < self.override_until

    def _is_planned(self, now: datetime) -> bool:
        if self.always_open:
            return True
        local = now.astimezone(self.zone)
        if local.date() in self.holidays:
            return False
        return any(span.holds(local.weekday(), local.time()) for span in self.spans)

    def _open_spans(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The pieces of `planned_pieces`, those that touch each other as one."""
        span: tuple[datetime, datetime] | None = None
        for since, until in self.planned_pieces(begin, end):
            if span is not None and span[1] == since:
                span = span[0], until
                continue
            if span is not None:
                yield span
            span = since, until
        if span is not None:
            yield span

    def planned_pieces(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The pieces of the time between two moments that are open by the plan, in order."""
        if not self.always_open and not self.spans:
            return
        since = begin.astimezone(UTC)
        last = end.astimezone(UTC)
        while since < last:
            until = min(since + DAY, last)
            marks = sorted({since, until, *(mark for mark in self._marks(since, until) if since < mark < until)})
            yield from ((one, next_one) for one, next_one in pairwise(marks) if self._is_planned(one))
            since = until

    def _marks(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Every moment of at most a day at which the plan may open or close, and others."""
        if self.always_open:
            return
        clocks = {time(0), *(clock for span in self.spans for clock in (span.begin, span.end))}
        first = since.astimezone(self.zone).date()
        for day in (first + timedelta(days=n) for n in range(3)):
            for clock in clocks:
                for fold in (0, 1):
                    yield datetime.combine(day, clock, self.zone).replace(fold=fold).astimezone(UTC)
        yield from self._shift(since, until)

    def _shift(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """The moment in between at which the clocks are changed, if they are."""
        before = since.astimezone(self.zone).utcoffset()
        if before == until.astimezone(self.zone).utcoffset():
            return
        low, high = int(since.timestamp()), int(until.timestamp()) + 1
        while high - low > 1:
            middle = (low + high) // 2
            if datetime.fromtimestamp(middle, self.zone).utcoffset() == before:
                low = middle
            else:
                high = middle
        yield datetime.fromtimestamp(high, UTC)


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        raise ValueError("timeZone: is no time zone; write one such as Asia/Seoul") from None


def _span(span: Mapping[str, Any]) -> Span:
    try:
        weekday, begin, end = span["weekday"], str(span["from"]), str(span["to"])
    except (KeyError, TypeError):
        raise ValueError("spans: each needs weekday, from and to") from None
    if type(weekday) is not int or not 0 <= weekday <= 6:
        raise ValueError("spans: a weekday is 0 (Monday) to 6 (Sunday)")
    if not _CLOCK.fullmatch(begin) or not _CLOCK.fullmatch(end):
        raise ValueError("spans: from and to are times such as 09:00")
    return Span(weekday, time.fromisoformat(begin), time.fromisoformat(end))


def _date(day: Mapping[str, Any]) -> date:
    try:
        return date.fromisoformat(str(day["date"]))
    except (KeyError, TypeError, ValueError):
        raise ValueError("holidays: each needs a date such as 2027-01-01") from None
