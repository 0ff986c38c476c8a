"""How much one member may have going on at the same moment.

Belongs here: counting what has begun and not ended. Does not belong here: how often somebody may ask (`limits.py`).

Counts are kept by each worker process for itself, as those of the rate limits are. A limit of 0 is none.

What has a thread is counted exactly, by the member that the app has found (`InFlight`). What waits for one is counted
before anybody is asked, by who seems to ask (`server/callers.py`).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from service.core.errors import RateLimited
from service.settings import Settings

# Seconds. What is in flight ends in a moment, or at the latest with the time that a request may take.
RETRY_AFTER = 1.0
# In a request's environment, for the server: the id of the member who asks.
MEMBER = "munui.member"
TOO_MUCH = "Too much of yours is still going on"


class Slots:
    """At most `limit` things at once for each member. Thread-safe; memory holds only members who have something."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._taken: Counter[UUID] = Counter()

    @contextmanager
    def one(self, member: UUID) -> Iterator[None]:
        """Have a slot for a block. Raises RateLimited where none is free."""
        self.take(member)
        try:
            yield
        finally:
            self.give_back(member)

    def take(self, member: UUID) -> None:
        """Have a slot until `give_back`. Raises RateLimited where none is free."""
        with self._lock:
            if self._limit and self._taken[member] >= self._limit:
                raise RateLimited(TOO_MUCH, retry_after=RETRY_AFTER)
            self._taken[member] += 1

    def give_back(self, member: UUID) -> None:
        """Free a slot."""
        with self._lock:
            self._taken[member] -= 1
            if not self._taken[member]:
                del self._taken[member]


class InFlight:
    """The slots of one worker process."""

    def __init__(self, settings: Settings) -> None:
        # A new conversation is a turn as well.
        self.turns = Slots(settings.member_turns_in_flight)
        # What takes much of the database at once: imports, and in a place of their own exports and deletions.
        self.imports = Slots(settings.member_imports_in_flight)
        self.removals = Slots(settings.member_imports_in_flight)
