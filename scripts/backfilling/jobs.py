"""The checkpoint: which job runs, how far it is, and what each batch did. Written in the batch's own transaction."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from scripts.backfilling.errors import BackfillError
from scripts.backfilling.step import Step


@dataclass
class Job:
    """A run of a step, as it stands in `private.backfill_jobs`."""

    id: int
    number: int
    passes: int
    # None: at the beginning.
    after: UUID | None
    rows: int
    batch_rows: int
    is_resumed: bool


@dataclass(frozen=True)
class Batch:
    """What one transaction did, for `private.backfill_batches`."""

    first: UUID
    last: UUID
    conversations: int
    rows: int
    quarantined: int
    attempts: int
    duration_ms: float
    # Conversations up to here are done; the one after it may be done in part.
    after: UUID | None


def check(connection: Connection[Any], step: Step) -> None:
    """Raise BackfillError where a run was cut off whose work these options do not go on with."""
    if connection.execute("select from private.backfill_jobs where step = 'undo'").fetchone() is not None:
        raise BackfillError("The way back was begun. Go to its end: python -m scripts.backfill undo --apply")
    before = _running(connection, step.name)
    if before is not None and before != step.options and not step.may_begin_anew(before):
        raise BackfillError(
            "A run with other options was cut off, and part of the rows were done by them. Go on with the same ones: "
            f"{_told(before)}."
        )


def begin(connection: Connection[Any], step: Step, batch_rows: int) -> Job:
    """Return the running job of this step, or a new one where the last is done.

    With other options than it was begun with it goes from the beginning again. Raises BackfillError as `check` does.
    """
    check(connection, step)
    row = connection.execute(
        """
        insert into private.backfill_jobs as j (step, options, batch_rows, starts) values (%s, %s, %s, 1)
        on conflict (step) where status = 'running' do update
          set starts = j.starts + 1, updated_at = clock_timestamp(),
            after_id = case when j.options = excluded.options then j.after_id end, options = excluded.options
        returning id, pass, after_id, rows_done, batch_rows, starts,
          (select coalesce(max(b.number), 0) from private.backfill_batches b where b.job_id = j.id)
        """,
        [step.name, Jsonb(step.options), batch_rows],
    ).fetchone()
    if row is None:
        raise BackfillError("The job could not be written down.")
    return Job(row[0], row[6], row[1], row[2], row[3], row[4], row[5] > 1)


def _running(connection: Connection[Any], step: str) -> dict[str, Any] | None:
    row = connection.execute(
        "select options from private.backfill_jobs where step = %s and status = 'running'", [step]
    ).fetchone()
    return None if row is None else row[0]


def _told(options: dict[str, Any]) -> str:
    """The options as they are written on the command line."""
    words = [f"--policy {options['policy']}"] if "policy" in options else []
    if "keep_content" in options:
        words.append("--keep-content" if options["keep_content"] else "without --keep-content")
    words += [f"--map {subject}={outcome}" for subject, outcome in options.get("rules", {}).items()]
    return " ".join(words)


def record(connection: Connection[Any], job: Job, batch: Batch) -> None:
    """Write that a batch is done, within its transaction. `job` is not touched: the transaction may yet fail."""
    connection.execute(
        """
        with b as (
          insert into private.backfill_batches
            (job_id, number, first_id, last_id, conversations, rows_done, rows_quarantined, attempts, duration_ms)
          values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
        )
        update private.backfill_jobs
        set after_id = %s, rows_done = rows_done + %s, batch_rows = %s, updated_at = clock_timestamp()
        where id = %s
        """,
        [
            job.id, job.number + 1, batch.first, batch.last, batch.conversations, batch.rows, batch.quarantined,
            batch.attempts, round(batch.duration_ms), batch.after, batch.rows, job.batch_rows, job.id,
        ],
    )  # fmt: skip


def skip(connection: Connection[Any], job: Job, after: UUID) -> None:
    """Remember that there was nothing to do up to here."""
    connection.execute("update private.backfill_jobs set after_id = %s where id = %s", [after, job.id])


def next_pass(connection: Connection[Any], job: Job) -> None:
    """Begin at the first conversation again."""
    job.passes += 1
    job.after = None
    connection.execute(
        "update private.backfill_jobs set pass = %s, after_id = null where id = %s", [job.passes, job.id]
    )


def finish(connection: Connection[Any], job: Job) -> None:
    """Close the job."""
    connection.execute(
        "update private.backfill_jobs set status = 'done', finished_at = clock_timestamp() where id = %s", [job.id]
    )
