"""The run: one runner at a time, each file a transaction of its own, no lock waited for too long."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.errors import DeadlockDetected, LockNotAvailable

from scripts.migrations import history
from scripts.migrations.errors import MigrationError, UsageError
from scripts.migrations.files import Migration, read_folder
from scripts.migrations.statements import Statement

Report = Callable[[str], None]

# Any number will do as long as every runner uses the same one.
_LOCK = 7_461_310_001
_POOLER_PORT = 6543


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


def _silent(_: str) -> None:
    pass


def migrate(
    url: str,
    folder: Path,
    *,
    to: str | None = None,
    dry_run: bool = False,
    patience: Patience = Patience(),
    report: Report = _silent,
) -> list[Migration]:
    """Apply the pending migrations of `folder`, up to and with version `to`, and return them.

    With `dry_run` they are only returned. Raises UsageError for a wrong URL or version, MigrationError where
    one fails: it is rolled back then, and those before it stay.
    """
    files = read_folder(folder)
    if to is not None and to not in {migration.version for migration in files}:
        raise UsageError(f"There is no migration with the version {to}.")
    with _connect(url) as connection:
        if dry_run:
            return _chosen(history.pending(history.read(connection), files), to)
        with _alone(connection, patience, report):
            history.make(connection)
            applied = history.read(connection)
            waiting = _chosen(history.pending(applied, files), to)
            history.adopt(connection, applied, files)
            for migration in waiting:
                _apply(connection, migration, patience, report)
            return waiting


def status(url: str, folder: Path) -> list[tuple[str, str, bool]]:
    """Return (version, name, applied) of every migration that a file or the history knows. Read-only."""
    files = read_folder(folder)
    with _connect(url) as connection:
        applied = history.read(connection)
    names = {migration.version: migration.name for migration in files}
    names.update({row.version: row.name for row in applied if row.version not in names})
    done = {row.version for row in applied}
    return [(version, names[version], version in done) for version in sorted(names)]


def _chosen(waiting: list[Migration], to: str | None) -> list[Migration]:
    return [migration for migration in waiting if to is None or migration.version <= to]


def _connect(url: str) -> Connection[Any]:
    try:
        options = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise UsageError("The database URL is not one that Postgres takes.") from None
    if str(options.get("port", "")) == str(_POOLER_PORT):
        raise UsageError(
            f"Port {_POOLER_PORT} is the transaction pooler, where every transaction may get another "
            "session: the lock against a second runner and lock_timeout would not hold. Use the direct "
            "connection or the session pooler, port 5432."
        )
    try:
        return psycopg.connect(
            url, autocommit=True, prepare_threshold=None, connect_timeout=10, application_name="munui-migrate"
        )
    except psycopg.OperationalError as error:
        raise MigrationError(f"The database cannot be reached: {str(error).strip()}") from None


@contextmanager
def _alone(connection: Connection[Any], patience: Patience, report: Report) -> Iterator[None]:
    until = time.monotonic() + patience.runner_seconds
    said = False
    while not _try_lock(connection):
        if not said:
            report("Another runner is applying migrations to this database: waiting for it.")
            said = True
        if time.monotonic() >= until:
            raise MigrationError("Another runner is still applying migrations to this database: try again later.")
        time.sleep(0.2)
    try:
        yield
    finally:
        # The server lets go of it with the session, too: a lost connection needs no care here.
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(%s)", [_LOCK])


def _try_lock(connection: Connection[Any]) -> bool:
    row = connection.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
    return row is not None and bool(row[0])


def _apply(connection: Connection[Any], migration: Migration, patience: Patience, report: Report) -> None:
    began = time.monotonic()
    report(f"Applying {migration.file} …")
    # As the official CLI does: what one file set must not reach the next.
    connection.execute("reset all")
    connection.execute("select set_config('lock_timeout', %s, false)", [f"{patience.lock_timeout_ms}ms"])
    connection.execute("set statement_timeout = 0")
    groups = _groups(migration)
    for number, group in enumerate(groups, start=1):
        try:
            _run_group(connection, migration, group, patience, report, last=number == len(groups))
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
    *,
    last: bool,
) -> None:
    for attempt in range(1, patience.attempts + 1):
        try:
            _attempt(connection, migration, group, last=last)
        except (LockNotAvailable, DeadlockDetected) as error:
            if attempt == patience.attempts:
                raise MigrationError(
                    f"{migration.file}: no lock was to be had in {attempt} attempts ({_message(error)})."
                ) from None
            report(f"{migration.file}: a lock was taken, attempt {attempt} of {patience.attempts} rolled back.")
            # Jitter, so that two who got in each other's way do not do it again.
            longest = patience.pause_seconds * min(2 ** (attempt - 1), 8)
            time.sleep(random.uniform(longest / 2, longest))  # noqa: S311 - no secret
        else:
            return


def _attempt(connection: Connection[Any], migration: Migration, group: list[Statement], *, last: bool) -> None:
    if group and group[0].runs_outside:
        _execute(connection, migration, group[0])
        return
    with connection.transaction():
        for statement in group:
            _execute(connection, migration, statement)
        if last:
            history.record(connection, migration)


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
