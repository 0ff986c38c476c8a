"""How large the next batch is, how long to wait before trying again, and when to keep still. No SQL of the steps."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from scripts.backfilling.errors import BackfillError

# One: a row may be of any size.
SMALLEST = 1
# So many times as long may one take that is of one row, at last.
LONGEST_FACTOR = 100


@dataclass(frozen=True)
class Limits:
    """How the run behaves towards everybody else.

    Attributes:
        target_ms: how long the locks of a batch should be held; its size follows from it.
        longest_ms: a batch that takes longer is rolled back and halved; one that cannot be halved gets twice the time.
        lock_ms: how long a lock is waited for; below the server's deadlock_timeout, so that never a writer gives way.
        attempts: of one batch.
        largest: rows in a batch.
        waiters: so many sessions waiting for locks make us hold.
        transaction_seconds: a transaction open for longer makes us hold: nothing can be vacuumed behind it.
        hold_seconds: after so much holding in one place the run ends.
        vacuum_rows: rows between two VACUUMs.
    """

    target_ms: float = 200.0
    longest_ms: int = 600
    lock_ms: int = 200
    attempts: int = 30
    largest: int = 10_000
    waiters: int = 4
    transaction_seconds: float = 60.0
    hold_seconds: float = 600.0
    vacuum_rows: int = 200_000


def next_size(rows: int, duration_ms: float, limits: Limits) -> int:
    """Return the size of the next batch after one of `rows` rows: towards the target, by half or by a half at most."""
    factor = min(1.5, max(0.5, limits.target_ms / max(duration_ms, 1.0)))
    return min(limits.largest, max(SMALLEST, round(rows * factor)))


def pause(attempt: int) -> None:
    """Wait before trying again, longer each time, with jitter so that two do not meet again."""
    longest = min(0.05 * 2**attempt, 2.0)
    time.sleep(random.uniform(longest / 2, longest))  # noqa: S311 - no secret


_PRESSURE = """
select count(*) filter (where wait_event_type = 'Lock'),
   coalesce(max(extract(epoch from clock_timestamp() - xact_start))
      filter (where state <> 'idle' and backend_type = 'client backend'), 0)
from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""


def hold(connection: Connection[Any], limits: Limits, say: Callable[[str], None]) -> None:
    """Return when nobody is in trouble; raises BackfillError when that does not happen in time."""
    until = time.monotonic() + limits.hold_seconds
    said = False
    while reason := _pressure(connection, limits):
        if time.monotonic() >= until:
            raise BackfillError(f"Held for {limits.hold_seconds:.0f} s ({reason}). The same command goes on from here.")
        if not said:
            say(f"Holding: {reason}.")
            said = True
        time.sleep(0.5)
    if said:
        say("Going on.")


def _pressure(connection: Connection[Any], limits: Limits) -> str:
    row = connection.execute(_PRESSURE).fetchone()
    waiters, oldest = row or (0, 0)
    if waiters >= limits.waiters:
        return f"{waiters} sessions wait for locks"
    if float(oldest) > limits.transaction_seconds:
        return f"a transaction has been open for {float(oldest):.0f} s"
    return ""
