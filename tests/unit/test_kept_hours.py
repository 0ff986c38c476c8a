"""Working time by the hours that held then: changed, decided by hand, over changes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.hours import Hours
from service.core.kept_hours import KeptHours
from tests.unit.test_hours import BERLIN, HOURS, MOMENTS, SEOUL, at

WEEKDAYS = [{"weekday": day, "from": "09:00", "to": "18:00"} for day in range(5)]


def row(since: str, **columns: Any) -> dict[str, Any]:
    """A row of chat_hours, by default of weekdays from nine to six in Seoul."""
    plan = {"time_zone": "Asia/Seoul", "spans": WEEKDAYS, "holidays": [], "always_open": False}
    return {"since_at": since, **plan, "override_open": None, "override_until": None, **columns}


def hours_worked(zone: ZoneInfo, begin: str, end: str, *rows: dict[str, Any]) -> float:
    return KeptHours.from_rows(rows).working_seconds(at(zone, begin), at(zone, end)) / 3600


ALWAYS = row("-infinity", always_open=True)
# Thursday, 26 November 2026.
THURSDAY, FRIDAY = ("2026-11-26T00:00", "2026-11-27T00:00"), "2026-11-27T00:00"


@pytest.mark.parametrize(
    ("rows", "worked"),
    [
        ((row("-infinity"),), 9),
        ((ALWAYS,), 24),
        # Changed at noon (by UTC, 03:00): what was before stays what it was.
        ((ALWAYS, row("2026-11-26T03:00:00+00:00")), 12 + 6),
        ((row("-infinity"), row("2026-11-26T03:00:00+00:00", always_open=True)), 3 + 12),
        # Closed by hand from ten to twelve, then open by hand until eight in the evening.
        ((row("-infinity"), row("2026-11-26T01:00:00+00:00", override_open=False,
                                override_until="2026-11-26T03:00:00+00:00")), 7),
        ((row("-infinity"), row("2026-11-26T08:00:00+00:00", override_open=True,
                                override_until="2026-11-26T11:00:00+00:00")), 8 + 3),
        # Taken back by hand before it was over.
        ((row("-infinity"), row("2026-11-26T08:00:00+00:00", override_open=True,
                                override_until="2026-11-26T11:00:00+00:00"), row("2026-11-26T09:30:00+00:00")),
         8 + 1.5),
        ((row("-infinity", holidays=[{"date": "2026-11-26"}]),), 0),
        ((row("-infinity", spans=[]),), 0),
        # What cannot be read counts as open, as customers are told.
        ((row("-infinity", time_zone="Nowhere"),), 24),
        ((), 0),
    ],
)  # fmt: skip
def test_each_hour_counts_by_what_held_then(rows: tuple[dict[str, Any], ...], worked: float) -> None:
    assert hours_worked(SEOUL, *THURSDAY, *rows) == worked


def test_nights_on_which_the_clocks_are_changed() -> None:
    night = row("-infinity", time_zone="Europe/Berlin", spans=[{"weekday": 5, "from": "22:00", "to": "06:00"}])
    assert hours_worked(BERLIN, "2026-03-28T12:00", "2026-03-29T12:00", night) == 7
    assert hours_worked(BERLIN, "2026-10-24T12:00", "2026-10-25T12:00", night) == 9


def test_pieces_that_touch_are_one() -> None:
    kept = KeptHours.from_rows([ALWAYS, row("2026-11-26T03:00:00+00:00", always_open=True)])
    begin, end = at(SEOUL, "2026-01-01T00:00"), at(SEOUL, FRIDAY)
    assert kept.pieces(begin, end) == [(begin.astimezone(UTC), end.astimezone(UTC))]
    assert kept.pieces(end, begin) == []


@settings(max_examples=60)
@given(HOURS, HOURS, MOMENTS, st.integers(0, 1500), st.integers(0, 1500))
def test_it_agrees_with_a_clock_that_is_read_each_minute(
    first: Hours, then: Hours, begin: datetime, before: int, after: int
) -> None:
    change, end = begin + timedelta(minutes=before), begin + timedelta(minutes=before + after)
    kept = KeptHours(((begin - timedelta(days=1), first), (change, then)))
    minutes = [(begin + timedelta(minutes=n), first if n < before else then) for n in range(before + after)]
    assert kept.working_seconds(begin, end) == 60 * sum(hours.is_open(minute) for minute, hours in minutes)
