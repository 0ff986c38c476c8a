"""Settings as they look outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from service.core.mapper import Row, outside, timestamp
from service.core.team import Team


def label(row: Row) -> dict[str, Any]:
    """A row of chat_labels."""
    return outside(row, ("id", "name", "color", "version"))


def canned_reply(row: Row) -> dict[str, Any]:
    """A row of chat_canned_replies."""
    return outside(row, ("id", "shortcut", "content", "is_personal", "version"))


def hours(row: Row) -> dict[str, Any]:
    """What admins set of the row of chat_team."""
    plain = ("time_zone", "always_open", "override_open", "override_until", "expected_reply_seconds", "version")
    return outside(row, plain) | {
        "spans": [outside(one, ("weekday", "from", "to")) for one in row["spans"]],
        "holidays": [{"date": one["date"], "name": one.get("name")} for one in row["holidays"]],
    }


def preview(team: Team, holidays: list[Row], now: datetime) -> dict[str, Any]:
    """This week, as the hours of `team` make it; `holidays` are the rows that name them."""
    hours = team.hours
    names = {one["date"]: one.get("name") for one in holidays}
    opens_at, closes_at = hours.opens_at(now), hours.closes_at(now)
    return {
        "timeZone": str(hours.zone),
        "now": _utc(now),
        "presence": team.presence(now),
        "opensAt": opens_at and _utc(opens_at),
        "closesAt": closes_at and _utc(closes_at),
        "overrideOpen": hours.override_open if hours.is_overridden(now) else None,
        "days": [
            {
                "date": day.date.isoformat(),
                "isToday": day.date == now.astimezone(hours.zone).date(),
                "isHoliday": day.date in hours.holidays,
                "holiday": names.get(day.date.isoformat()),
                "open": [_span(*piece) for piece in day.open],
                "overridden": day.overridden and _span(*day.overridden),
            }
            for day in hours.week(now)
        ],
    }


def _span(begin: str, end: str) -> dict[str, str]:
    return {"from": begin, "to": end}


def _utc(moment: datetime) -> str:
    return timestamp(moment.isoformat())
