"""Days that do not end while a test looks at today. No assertions."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def whole_day(zone: str = "Asia/Seoul", *, seconds: float = 120) -> datetime:
    """Now, where at least so much is left of the day; if less is, once it is over."""
    there = ZoneInfo(zone)
    now = datetime.now(there)
    rest = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), there) - now
    if rest < timedelta(seconds=seconds):
        time.sleep(rest.total_seconds() + 1)
    return datetime.now(UTC).astimezone(there)
