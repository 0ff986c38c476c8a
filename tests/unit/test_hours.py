"""When the team works: by hand on odd days, and against a clock that is read each minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.core.hours import Hours, Span
from service.core.team import Team
from service.core.told_time import told_moment

SEOUL, BERLIN, NEW_YORK, APIA = (
    ZoneInfo(name) for name in ("Asia/Seoul", "Europe/Berlin", "America/New_York", "Pacific/Apia")
)
OFFICE = tuple(
    span for day in range(5) for span in (Span(day, time(9), time(12)), Span(day, time(13), time(18)))
)  # fmt: skip
NIGHT = (Span(4, time(22), time(6)),)


def by_hand(what: str, until: str, spans: tuple[Span, ...] = OFFICE, *, always_open: bool = False) -> Hours:
    """Hours in Seoul that somebody has opened or closed until a moment."""
    return Hours(SEOUL, spans, frozenset(), always_open, what == "open", at(SEOUL, until))


def night_in_new_york(first: str, last: str) -> tuple[datetime, datetime]:
    """From noon to noon."""
    return at(NEW_YORK, f"{first}T12:00"), at(NEW_YORK, f"{last}T12:00")


def at(zone: ZoneInfo, text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        # 2026-11-26 is a Thursday.
        (Hours(SEOUL, OFFICE), "2026-11-26T09:00", None),
        (Hours(SEOUL, OFFICE), "2026-11-26T08:59:59", "2026-11-26T09:00"),
        (Hours(SEOUL, OFFICE), "2026-11-26T12:00", "2026-11-26T13:00"),
        (Hours(SEOUL, OFFICE), "2026-11-26T18:00", "2026-11-27T09:00"),
        (Hours(SEOUL, OFFICE), "2026-11-27T18:00", "2026-11-30T09:00"),
        (Hours(SEOUL, OFFICE, frozenset({date(2026, 11, 30)})), "2026-11-27T18:00", "2026-12-01T09:00"),
        # Overnight, into a day that is no weekday of it; and not into a holiday.
        (Hours(SEOUL, NIGHT), "2026-11-28T05:59", None),
        (Hours(SEOUL, NIGHT), "2026-11-28T06:00", "2026-12-04T22:00"),
        (Hours(SEOUL, NIGHT, frozenset({date(2026, 11, 28)})), "2026-11-28T01:00", "2026-12-04T22:00"),
        # All day long, and all week.
        (Hours(SEOUL, (Span(3, time(0), time(0)),)), "2026-11-26T23:59:59", None),
        (Hours(SEOUL, (Span(3, time(0), time(0)),)), "2026-11-27T00:00", "2026-12-03T00:00"),
        (Hours(SEOUL, always_open=True, holidays=frozenset({date(2026, 11, 26)})), "2026-11-26T03:00", None),
        (Hours(SEOUL), "2026-11-26T09:00", "never"),
        # By hand, until a moment; then the plan.
        (by_hand("closed", "2026-11-26T15:00"), "2026-11-26T10:00", "2026-11-26T15:00"),
        (by_hand("closed", "2026-11-26T19:00"), "2026-11-26T10:00", "2026-11-27T09:00"),
        (by_hand("closed", "2026-11-26T19:00", (), always_open=True), "2026-11-26T10:00", "2026-11-26T19:00"),
        (by_hand("open", "2026-11-28T12:00"), "2026-11-28T11:59", None),
        (by_hand("open", "2026-11-28T12:00"), "2026-11-28T12:00", "2026-11-30T09:00"),
        # The hour from two to three is missing that night, and comes twice in the other.
        (Hours(BERLIN, (Span(6, time(2, 30), time(4)),)), "2026-03-29T01:59", "2026-03-29T03:00"),
        (Hours(BERLIN, (Span(6, time(3), time(4)),)), "2026-03-29T01:59", "2026-03-29T03:00"),
        # A day that Samoa left out.
        (Hours(APIA, (Span(4, time(9), time(17)),)), "2011-12-29T18:00", "2012-01-06T09:00"),
    ],
)  # fmt: skip
def test_it_is_open_or_opens(hours: Hours, now: str, opens: str | None) -> None:
    zone = hours.zone
    assert isinstance(zone, ZoneInfo)
    moment = at(zone, now)
    for seen_in in (zone, UTC):
        assert (hours.closes_at(moment.astimezone(seen_in)) is None) or (opens is None)
        assert hours.is_open(moment.astimezone(seen_in)) == (opens is None)
        expected = None if opens in (None, "never") else at(zone, opens or "")
        assert hours.opens_at(moment.astimezone(seen_in)) == expected


@pytest.mark.parametrize(
    ("hours", "now", "closes"),
    [
        (Hours(SEOUL, OFFICE), "2026-11-26T09:00", "2026-11-26T12:00"),
        (Hours(SEOUL, OFFICE), "2026-11-26T12:00", None),
        # Spans that touch or overlap are one, over midnight too; a holiday ends them.
        (Hours(SEOUL, (Span(3, time(9), time(0)), Span(4, time(0), time(6)), Span(4, time(5), time(7)))),
         "2026-11-26T10:00", "2026-11-27T07:00"),
        (Hours(SEOUL, NIGHT, frozenset({date(2026, 11, 28)})), "2026-11-27T23:00", "2026-11-28T00:00"),
        (Hours(SEOUL, always_open=True), "2026-11-26T09:00", None),
        # By hand until a moment, within the plan or outside of it.
        (by_hand("open", "2026-11-26T20:00"), "2026-11-26T10:00", "2026-11-26T20:00"),
        (by_hand("open", "2026-11-26T17:00"), "2026-11-26T10:00", "2026-11-26T18:00"),
        (by_hand("open", "2026-11-26T20:00", (), always_open=True), "2026-11-26T10:00", None),
        (Hours(BERLIN, (Span(6, time(1), time(2, 30)),)), "2026-03-29T01:30", "2026-03-29T03:00"),
    ],
)  # fmt: skip
def test_it_closes(hours: Hours, now: str, closes: str | None) -> None:
    zone = hours.zone
    assert isinstance(zone, ZoneInfo)
    expected = None if closes is None else at(zone, closes)
    assert hours.closes_at(at(zone, now).astimezone(UTC)) == expected


def test_a_week_as_it_is_drawn() -> None:
    spans = (*OFFICE, *NIGHT, Span(6, time(0), time(0)))
    hours = replace(by_hand("closed", "2026-11-27T00:30", spans), holidays=frozenset({date(2026, 11, 25)}))
    week = hours.week(at(SEOUL, "2026-11-26T23:30").astimezone(UTC))
    office = (("09:00", "12:00"), ("13:00", "18:00"))
    assert [(day.date.day, day.open) for day in week] == [
        (23, office), (24, office), (25, ()), (26, office), (27, (*office, ("22:00", "24:00"))),
        (28, (("00:00", "06:00"),)), (29, (("00:00", "24:00"),)),
    ]  # fmt: skip
    assert [day.overridden for day in week[3:5]] == [("23:30", "24:00"), ("00:00", "00:30")]
    assert not any(day.overridden for day in (*week[:3], *week[5:]))
    # On the night when an hour is missing, or comes twice, a day is still one day.
    for night in ("2026-03-29T12:00", "2026-10-25T12:00"):
        days = Hours(BERLIN, always_open=True).week(at(BERLIN, night))
        assert {day.open for day in days} == {(("00:00", "24:00"),)}


@pytest.mark.parametrize(
    ("hours", "begin", "end", "seconds"),
    [
        (Hours(SEOUL, OFFICE), at(SEOUL, "2026-11-26T11:59:30"), at(SEOUL, "2026-11-26T13:00:30"), 60),
        (Hours(SEOUL, OFFICE), at(SEOUL, "2026-11-27T17:00"), at(SEOUL, "2026-11-30T10:00"), 7200),
        (Hours(SEOUL, OFFICE), at(SEOUL, "2026-11-30T10:00"), at(SEOUL, "2026-11-27T17:00"), 0),
        (Hours(SEOUL, always_open=True), at(SEOUL, "2026-11-01T00:00"), at(SEOUL, "2026-11-03T00:00"), 2 * 86400),
        # A night shift over the change of the clocks: an hour less in spring, an hour more in autumn.
        (Hours(NEW_YORK, (Span(5, time(22), time(6)),)), *night_in_new_york("2026-03-07", "2026-03-08"), 7 * 3600),
        (Hours(NEW_YORK, (Span(5, time(22), time(6)),)), *night_in_new_york("2026-10-31", "2026-11-01"), 9 * 3600),
        # Half past one comes twice, and both times it is within.
        (Hours(NEW_YORK, (Span(6, time(1, 15), time(1, 45)),)), *night_in_new_york("2026-10-31", "2026-11-01"), 3600),
        (Hours(NEW_YORK, (Span(6, time(1), time(2)),)), *night_in_new_york("2026-10-31", "2026-11-01"), 2 * 3600),
    ],
)  # fmt: skip
def test_working_time_is_counted(hours: Hours, begin: datetime, end: datetime, seconds: float) -> None:
    assert hours.working_seconds(begin, end) == seconds


def minutes_of(first: str, days: int) -> st.SearchStrategy[datetime]:
    """Any full minute of some days."""
    begin = datetime.fromisoformat(first).replace(tzinfo=UTC)
    return st.integers(0, days * 1440).map(lambda minute: begin + timedelta(minutes=minute))


CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
SPANS = st.lists(st.builds(Span, st.integers(0, 6), CLOCKS, CLOCKS), max_size=4).map(tuple)
# Around changes of the clocks, and anywhere.
MOMENTS = st.one_of(minutes_of("2026-03-28", 2), minutes_of("2026-10-24", 9), minutes_of("2026-01-01", 365))
HOURS = st.builds(
    Hours,
    st.sampled_from([SEOUL, BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]),
    SPANS,
    st.frozensets(st.dates(date(2026, 10, 25), date(2026, 11, 2)), max_size=3),
)


@settings(max_examples=150)
@given(HOURS, MOMENTS, st.integers(1, 2000))
def test_it_agrees_with_a_clock_that_is_read_each_minute(hours: Hours, begin: datetime, minutes: int) -> None:
    # Every span begins and ends at a full minute, and so do the clocks' changes.
    read = [hours.is_open(begin + timedelta(minutes=n)) for n in range(minutes)]
    assert hours.working_seconds(begin, begin + timedelta(minutes=minutes)) == 60 * sum(read)
    opens = hours.opens_at(begin)
    if read[0] or True in read:
        expected = None if read[0] else begin + timedelta(minutes=read.index(True))
        assert opens == expected
    elif opens is not None:
        assert opens >= begin + timedelta(minutes=minutes)
        assert hours.is_open(opens)
        assert not hours.is_open(opens - timedelta(minutes=1))


ROW: dict[str, Any] = {
    "time_zone": "Asia/Seoul",
    "spans": [{"weekday": 0, "from": "09:00", "to": "18:00"}],
    "holidays": [{"date": "2027-01-01", "name": "신정"}],
    "always_open": False,
    "override_open": None,
    "override_until": None,
    "online_until": None,
    "expected_reply_seconds": 300,
}


def test_a_row_is_read() -> None:
    row = ROW | {"override_open": True, "override_until": "2026-11-26T03:00:00.5+00:00"}
    hours = Hours.from_row(row)
    assert hours == Hours(
        SEOUL,
        (Span(0, time(9), time(18)),),
        frozenset({date(2027, 1, 1)}),
        override_open=True,
        override_until=datetime(2026, 11, 26, 3, 0, 0, 500000, UTC),
    )


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"time_zone": "Nowhere"}, "timeZone"),
        ({"time_zone": "../etc/passwd"}, "timeZone"),
        ({"time_zone": ""}, "timeZone"),
        ({"spans": [{"weekday": 7, "from": "09:00", "to": "18:00"}]}, "weekday"),
        ({"spans": [{"weekday": True, "from": "09:00", "to": "18:00"}]}, "weekday"),
        ({"spans": [{"weekday": 0, "from": "9", "to": "18:00"}]}, "spans"),
        ({"spans": [{"weekday": 0, "from": "09:00", "to": "24:00"}]}, "spans"),
        ({"spans": [{"weekday": 0, "from": "09:00"}]}, "spans"),
        ({"spans": ["09:00"]}, "spans"),
        ({"holidays": [{"date": "2027-02-30"}]}, "holidays"),
        ({"holidays": ["2027-01-01"]}, "holidays"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(change: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Hours.from_row(ROW | change)


def test_whether_somebody_answers() -> None:
    monday = at(SEOUL, "2026-11-30T10:00")
    there = ROW | {"online_until": "2026-11-30T10:00:30+09:00"}
    assert Team.from_row(there).presence(monday) == "online"
    assert Team.from_row(there).presence(monday + timedelta(seconds=30)) == "away"
    assert Team.from_row(ROW).presence(monday) == "away"
    # Whoever works late is not announced.
    assert Team.from_row(there | {"spans": []}).presence(monday) == "closed"


@pytest.mark.parametrize(
    ("moment", "korean", "english"),
    [
        ("2026-11-26T09:00", "오늘 오전 9시", "today at 9 AM"),
        ("2026-11-26T12:00", "오늘 낮 12시", "today at noon"),
        ("2026-11-27T00:00", "내일 0시", "tomorrow at midnight"),
        ("2026-11-27T13:30", "내일 오후 1시 30분", "tomorrow at 1:30 PM"),
        ("2026-11-30T00:05", "월요일 0시 5분", "on Monday at 12:05 AM"),
        ("2026-12-02T12:05", "수요일 낮 12시 5분", "on Wednesday at 12:05 PM"),
        ("2026-12-03T09:00", "12월 3일 목요일 오전 9시", "on Thursday, 3 December at 9 AM"),
        (None, "다음 상담 시간", "in our next opening hours"),
    ],
)
def test_a_moment_is_told_as_people_say_it(moment: str | None, korean: str, english: str) -> None:
    # Late on Thursday in Seoul, and still Wednesday in UTC.
    now = at(SEOUL, "2026-11-26T08:00").astimezone(UTC)
    then = None if moment is None else at(SEOUL, moment)
    assert told_moment(then, now, "ko") == korean
    assert told_moment(then, now, "en") == english
