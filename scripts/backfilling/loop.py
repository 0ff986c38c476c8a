"""The loop that every step runs in: a batch, its checkpoint, the next. Knows nothing of messages or markers."""

import time
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled, SerializationFailure

from scripts.backfilling import jobs
from scripts.backfilling.errors import BackfillError
from scripts.backfilling.jobs import Batch, Job
from scripts.backfilling.pace import LONGEST_FACTOR, SMALLEST, Limits, hold, next_size, pause
from scripts.backfilling.show import Show
from scripts.backfilling.step import Chosen, Done, Step

PASSES = 3
_VACUUM = ("public.chat_messages", "public.chat_conversations")


@dataclass
class Report:
    """What a run did, for people and machines. `full`: conversations that it completed, since they hold 5,000."""

    step: str
    rows: int = 0
    quarantined: int = 0
    unaccounted: int = 0
    full: int = 0
    batches: int = 0
    retries: int = 0
    vacuums: int = 0
    passes: int = 0
    seconds: float = 0.0
    longest_batch_ms: float = 0.0
    is_resumed: bool = False
    options: dict[str, Any] = field(default_factory=dict)


def run(connection: Connection[Any], step: Step, limits: Limits, show: Show) -> Report:
    """Run a step to its end, from where it stopped. Raises BackfillError."""
    began = time.monotonic()
    job = jobs.begin(connection, step, min(500, limits.largest))
    report = Report(step.name, options=step.options, is_resumed=job.is_resumed)
    if job.is_resumed:
        show.say(f"Going on with job {job.id} after {job.rows:,} rows.")
    show.begin(step.name, step.total(connection))
    since_vacuum = 0
    while True:
        since_vacuum = _pass(connection, step, job, limits, show, report, since_vacuum)
        report.unaccounted, report.quarantined = step.left(connection)
        report.passes = job.passes
        if not report.unaccounted or job.passes >= PASSES:
            break
        show.say(f"{report.unaccounted:,} rows turned up behind us: once more.")
        jobs.next_pass(connection, job)
    if not report.unaccounted:
        jobs.finish(connection, job)
    if since_vacuum:
        _vacuum(connection, show, report)
    report.seconds = time.monotonic() - began
    show.end()
    return report


def _pass(
    connection: Connection[Any], step: Step, job: Job, limits: Limits, show: Show, report: Report, since_vacuum: int
) -> int:
    while True:
        hold(connection, limits, show.say)
        chosen = step.choose(connection, job.after, job.batch_rows)
        if chosen is None:
            return since_vacuum
        if not chosen.ids:
            jobs.skip(connection, job, chosen.last)
            job.after = chosen.last
            continue
        done = _batch(connection, step, job, chosen, limits, report)
        report.rows += done.rows
        report.full += done.full
        since_vacuum += done.rows
        show.advance(done.rows + done.quarantined, job.batch_rows)
        if since_vacuum >= limits.vacuum_rows:
            _vacuum(connection, show, report)
            since_vacuum = 0


def _batch(connection: Connection[Any], step: Step, job: Job, chosen: Chosen, limits: Limits, report: Report) -> Done:
    longest_ms = limits.longest_ms
    for attempt in range(1, limits.attempts + 1):
        try:
            began = time.monotonic()
            done = _attempt(connection, step, job, chosen, limits, longest_ms, attempt, began)
        except (LockNotAvailable, DeadlockDetected, SerializationFailure, QueryCanceled) as error:
            report.retries += 1
            if isinstance(error, QueryCanceled):
                if job.batch_rows == SMALLEST:
                    # What cannot be made smaller takes the time that it takes.
                    longest_ms = min(2 * longest_ms, LONGEST_FACTOR * limits.longest_ms)
                job.batch_rows = max(SMALLEST, job.batch_rows // 2)
            if attempt == limits.attempts:
                raise BackfillError(
                    f"No batch could be committed in {attempt} attempts ({error.diag.message_primary}). "
                    "The same command goes on from here."
                ) from None
            pause(attempt)
            # Others have been at work meanwhile, and a batch that took too long must become smaller.
            again = step.choose(connection, job.after, job.batch_rows)
            chosen = again if again is not None and again.ids else chosen
        else:
            duration = (time.monotonic() - began) * 1000
            step.committed(chosen, done)
            job.number += 1
            job.rows += done.rows
            job.after = job.after if chosen.is_partial else chosen.last
            report.batches += 1
            report.longest_batch_ms = max(report.longest_batch_ms, duration)
            if chosen.rows >= job.batch_rows / 2 or duration > limits.target_ms:
                job.batch_rows = next_size(job.batch_rows, duration, limits)
            return done
    raise AssertionError


def _attempt(
    connection: Connection[Any],
    step: Step,
    job: Job,
    chosen: Chosen,
    limits: Limits,
    longest_ms: int,
    attempt: int,
    began: float,
) -> Done:
    with connection.transaction():
        connection.execute(
            "select set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true),"
            " set_config('munui.backfill', 'on', true)",
            [f"{limits.lock_ms}ms", f"{longest_ms}ms"],
        )
        done = step.run(connection, chosen, job.batch_rows)
        jobs.record(
            connection,
            job,
            Batch(
                first=chosen.ids[0],
                last=chosen.ids[-1],
                conversations=len(chosen.ids),
                rows=done.rows,
                quarantined=done.quarantined,
                attempts=attempt,
                duration_ms=(time.monotonic() - began) * 1000,
                after=job.after if chosen.is_partial else chosen.last,
            ),
        )
    return done


def _vacuum(connection: Connection[Any], show: Show, report: Report) -> None:
    # TRUNCATE would want the table for itself; INDEX_CLEANUP is left to Postgres.
    for table in _VACUUM:
        show.say(f"VACUUM {table} …", quiet=True)
        connection.execute(f"vacuum (truncate false) {table}".encode())
    report.vacuums += 1
