"""What the figures ask of the database, as an operator."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from service.core.kept_hours import Piece
from service.core.mapper import Row
from service.inbox.asking import Asking


def kept_hours(asking: Asking, since: datetime | None = None) -> Row:
    """`{"time_zone", "now", "hours"}`: the team's hours as they were since a moment."""
    params = {} if since is None else {"p_since": since.isoformat()}
    return asking.ask("inbox_kept_hours", params, ("time_zone", "now", "hours"))


def figures(asking: Asking, begin: datetime, end: datetime, zone: str, pieces: Iterable[Piece]) -> Row:
    """Everything that is counted of a span of time, by the days of a zone; `pieces` is its working time."""
    told = [(since.timestamp(), until.timestamp()) for since, until in pieces]
    params = {
        "p_from": begin.isoformat(),
        "p_to": end.isoformat(),
        "p_zone": zone,
        "p_opens": [since for since, _ in told],
        "p_closes": [until for _, until in told],
    }
    return asking.ask("inbox_figures", params, ("waiting", "first_answers", "completions", "days", "operators"))
