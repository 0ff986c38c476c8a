"""The connection of a run: where it may lead, and that no other runner is at work."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection

from scripts.migrations.apply import Patience, Report
from scripts.migrations.errors import MigrationError, UsageError

# Any number will do as long as every runner uses the same one.
_LOCK = 7_461_310_001
_POOLER_PORT = 6543


_POOLER = (
    f"Port {_POOLER_PORT} is the transaction pooler, where every transaction may get another session: locks and "
    "timeouts of a session would not hold. Use the direct connection or the session pooler, port 5432."
)


def connect(url: str, *, name: str = "munui-migrate") -> Connection[Any]:
    """Return a connection in autocommit mode; raises UsageError or MigrationError with a sentence.

    The port may be said by the URL, by the environment or by a service file.
    """
    try:
        options = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise UsageError("The database URL is not one that Postgres takes.") from None
    if str(_POOLER_PORT) in str(options.get("port") or os.environ.get("PGPORT", "")).split(","):
        raise UsageError(_POOLER)
    try:
        connection = psycopg.connect(
            url, autocommit=True, prepare_threshold=None, connect_timeout=10, application_name=name
        )
    except psycopg.OperationalError as error:
        raise MigrationError(f"The database cannot be reached: {str(error).strip()}") from None
    if connection.info.port == _POOLER_PORT:
        connection.close()
        raise UsageError(_POOLER)
    return connection


@contextmanager
def alone(connection: Connection[Any], patience: Patience, report: Report) -> Iterator[None]:
    """Hold the lock against a second runner; raises MigrationError where one goes on for too long."""
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
