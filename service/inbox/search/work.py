"""What is searched in is kept by the workers, a moment behind what is written.

Belongs here: how often. Does not belong here: what a round takes (`search_fill` in the database).
"""

from __future__ import annotations

import time
from functools import partial

from service.inbox.search import actions
from service.jobs.work import Tick, Work
from service.supabase.clients import Upstream

# Found at most five seconds after it was written: this, a worker's own pause, and a round.
EVERY_SECONDS = 2.0
# While there is more, rounds follow each other for so long; then a worker may be told to stop.
TOGETHER_SECONDS = 3.0
# Counting looks by itself whether enough is new.
COUNTED_EVERY_SECONDS = 300.0


def work_of(upstream: Upstream) -> Work:
    """What is done once a period for the search."""
    return Work(
        ticks={
            "search": Tick(partial(keep_up, upstream), EVERY_SECONDS),
            "search_words": Tick(partial(_count_words, upstream), COUNTED_EVERY_SECONDS),
        }
    )


def keep_up(upstream: Upstream) -> None:
    """Take up what has changed, and some of what was there before. Raises UpstreamUnavailable, Internal."""
    until = time.monotonic() + TOGETHER_SECONDS
    while actions.fill(upstream)["has_more"] and time.monotonic() < until:
        pass


def _count_words(upstream: Upstream) -> None:
    actions.count_words(upstream)
