"""The figures of some days: first the team's hours, then what is counted, by the working time that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.core.errors import FieldError, Invalid
from service.core.kept_hours import KeptHours
from service.core.mapper import Row
from service.inbox.asking import Asking
from service.inbox.figures import actions

# How many days one question may be about, and how far before and after them the working time of a case is looked at.
MOST_DAYS = 366
_AROUND = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a question, both included, in the team's time zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def begin(self) -> datetime:
        """The moment at which the first of them begins."""
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The moment at which the last of them is over."""
        return _midnight(self.last + timedelta(days=1), self.zone)


def figures_of(asking: Asking, first: date | None, last: date | None, count: int = 1) -> Row:
    """The figures of the days from `first` to `last`, or else of so many until today.

    Where only one of the two is named, today is the other. Raises Invalid, and as `Asking.ask`.
    """
    kept = actions.kept_hours(asking)
    now = datetime.fromisoformat(kept["now"]).astimezone(UTC)
    days = _days(first, last, count, ZoneInfo(kept["time_zone"]), now)
    hours = KeptHours.from_rows(kept["hours"])
    pieces = hours.pieces(days.begin - _AROUND, min(now, days.end + _AROUND))
    figures = actions.figures(asking, days.begin, days.end, kept["time_zone"], pieces)
    return figures | {
        "waiting": _with_working_time(figures["waiting"], hours, now),
        "from": days.first.isoformat(),
        "to": days.last.isoformat(),
        "time_zone": kept["time_zone"],
    }


def _days(first: date | None, last: date | None, count: int, zone: ZoneInfo, now: datetime) -> Days:
    today = now.astimezone(zone).date()
    if first is None and last is None:
        return Days(today - timedelta(days=count - 1), today, zone)
    days = Days(first or min(today, last or today), last or max(today, first or today), zone)
    if days.first > days.last:
        raise Invalid(errors=[FieldError("from", "must not be after `to`")])
    if (days.last - days.first).days >= MOST_DAYS:
        raise Invalid(errors=[FieldError("from", f"must be at most {MOST_DAYS} days before `to`, both included")])
    return days


def _with_working_time(waiting: dict[str, Any], hours: KeptHours, now: datetime) -> dict[str, Any]:
    since = waiting["longest_since"]
    if since is None:
        return {**waiting, "longest_working_seconds": None}
    begin = max(datetime.fromisoformat(since), now - _AROUND)
    return {**waiting, "longest_working_seconds": hours.working_seconds(begin, now)}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)
