"""Applying one file: each group of its statements a transaction, no lock waited for too long."""

import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.errors import DeadlockDetected, LockNotAvailable

from scripts.migrations.errors import MigrationError
from scripts.migrations.files import Migration
from scripts.migrations.statements import Statement

Report = Callable[[str], None]
Record = Callable[[Connection[Any]], None]


@dataclass(frozen=True)
class Patience:
    """How long a run waits.

    Attributes:
        lock_timeout_ms: for one lock of one attempt; what stands in line behind us waits as long.
        attempts: of one file, each with the same lock_timeout.
        runner_seconds: for another runner to finish.
        pause_seconds: before the second attempt; later ones wait up to eight times as long.
    """

    lock_timeout_ms: int = 4000
    attempts: int = 10
    runner_seconds: float = 60.0
    pause_seconds: float = 0.5


USUAL = Patience()
# Tables that somebody vacuums, analyzes or builds an index of.
_TENDED = """
select l.relation::regclass::text from pg_locks l join pg_class c on c.oid = l.relation
where l.database = (select oid from pg_database where datname = current_database()) and l.pid <> pg_backend_pid()
   and l.mode = 'ShareUpdateExclusiveLock' and l.granted and c.relkind = 'r'
"""
_UNFINISHED = "select 1 from pg_index where indexrelid = to_regclass(%s) and not indisvalid"


def apply(
    connection: Connection[Any], migration: Migration, record: Record, patience: Patience, report: Report
) -> None:
    """Run a file's statements; `record` writes that it was applied, within its last transaction.

    Raises MigrationError where a statement fails or no lock is to be had: what is one transaction is rolled back.
    """
    began = time.monotonic()
    report(f"Applying {migration.file} …")
    # As the official CLI does: what one file set must not reach the next.
    connection.execute("reset all")
    connection.execute("select set_config('lock_timeout', %s, false)", [f"{patience.lock_timeout_ms}ms"])
    connection.execute("set statement_timeout = 0")
    groups = _groups(migration)
    for number, group in enumerate(groups, start=1):
        try:
            _run_group(connection, migration, group, patience, report, record if number == len(groups) else None)
        except MigrationError as error:
            stays = "" if number == 1 else " What precedes it in the file was committed and stays."
            raise MigrationError(f"{error}{stays}") from None
    report(f"Applied {migration.file} in {time.monotonic() - began:.2f} s.")


def _groups(migration: Migration) -> list[list[Statement]]:
    """Cut a file at the statements that run outside a transaction; most files are one group."""
    groups: list[list[Statement]] = []
    for outside, members in groupby(migration.statements, key=lambda statement: statement.runs_outside):
        run = list(members)
        groups.extend([[one] for one in run] if outside else [run])
    if not groups or groups[-1][0].runs_outside:
        groups.append([])
    return groups


def _run_group(
    connection: Connection[Any],
    migration: Migration,
    group: list[Statement],
    patience: Patience,
    report: Report,
    record: Record | None,
) -> None:
    for attempt in range(1, patience.attempts + 1):
        try:
            _attempt(connection, migration, group, record)
        except (LockNotAvailable, DeadlockDetected) as error:
            if attempt == patience.attempts:
                raise MigrationError(
                    f"{migration.file}: no lock was to be had in {attempt} attempts ({_message(error)})."
                ) from None
            report(f"{migration.file}: a lock was taken, attempt {attempt} of {patience.attempts} rolled back.")
            _send_autovacuum_away(connection)
            # Jitter, so that two who got in each other's way do not do it again.
            longest = patience.pause_seconds * min(2 ** (attempt - 1), 8)
            time.sleep(random.uniform(longest / 2, longest))  # noqa: S311 - no secret
        else:
            return


def _send_autovacuum_away(connection: Connection[Any]) -> None:
    """Have it leave the tables that it is at.

    It gives way only to who has waited for longer than deadlock_timeout, and a file that locks what others write gives
    up before that. So what waits here is a lock that is in no writer's way.
    """
    for (table,) in connection.execute(_TENDED).fetchall():
        # Where it is no autovacuum, or not ours to lock, the next attempt is what it was.
        with contextlib.suppress(psycopg.Error), connection.transaction():
            connection.execute("set local lock_timeout = '3s'")
            connection.execute(f"lock table {table} in share update exclusive mode".encode())


def _attempt(connection: Connection[Any], migration: Migration, group: list[Statement], record: Record | None) -> None:
    if group and group[0].runs_outside:
        if index := group[0].built_index:
            _drop_unfinished(connection, index)
        _execute(connection, migration, group[0])
        return
    with connection.transaction():
        for statement in group:
            _execute(connection, migration, statement)
        if record is not None:
            record(connection)


def _drop_unfinished(connection: Connection[Any], index: str) -> None:
    """What a build that failed has left is used by nobody, and `if not exists` would take it for the index."""
    if connection.execute(_UNFINISHED, [index]).fetchone():
        connection.execute(f"drop index concurrently {index}".encode())


def _execute(connection: Connection[Any], migration: Migration, statement: Statement) -> None:
    try:
        connection.execute(statement.text.encode())
    except (LockNotAvailable, DeadlockDetected):
        raise
    except psycopg.Error as error:
        raise MigrationError(f"{migration.file}, line {statement.line}: {_message(error)}") from None


def _message(error: psycopg.Error) -> str:
    parts = [error.diag.message_primary or str(error).strip()]
    if error.sqlstate:
        parts[0] += f" (SQLSTATE {error.sqlstate})"
    parts += [
        f"{name}: {text}"
        for name, text in (("detail", error.diag.message_detail), ("hint", error.diag.message_hint))
        if text
    ]
    return "; ".join(parts)
