"""The connection: where it may lead, what the database must hold, and that nobody else is at work.

A session of its own is needed: the lock against a second copy and the timeouts are settings of a session.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection

from scripts.backfilling.errors import BackfillError
from scripts.migrations import session
from scripts.migrations.errors import MigrationError

# Any number will do as long as every copy uses the same one.
_LOCK = 7_461_310_003

# The last migration of the expand half. A test compares it with the folder.
LAST_EXPAND = "20261101002640"


def connect(url: str, *, read_only: bool) -> Connection[Any]:
    """Return a connection in autocommit mode; raises UsageError or BackfillError with a sentence."""
    try:
        connection = session.connect(url, name="munui-backfill")
    except MigrationError as error:
        raise BackfillError(str(error)) from None
    # What takes its time runs outside the batches; those set limits of their own. A hosted project sets 2 minutes.
    connection.execute("set statement_timeout = 0")
    connection.execute("set lock_timeout = '5s'")
    if read_only:
        connection.execute("set default_transaction_read_only = on")
    return connection


def is_contracted(connection: Connection[Any]) -> bool:
    """Say whether there is nothing left to carry over; raises BackfillError where the expand half is missing."""
    has_type, has_tables = _one(
        connection,
        """
        select exists (select from pg_attribute where attrelid = to_regclass('public.chat_messages')
                         and attname = 'type' and not attisdropped),
               to_regclass('private.backfill_jobs') is not null
        """,
    )
    if has_tables and has_type:
        _check_sight(connection)
        return False
    newest = _one(
        connection,
        "select exists (select from pg_attribute where attrelid = to_regclass('public.chat_messages')"
        " and attname = 'seq' and not attisdropped)",
    )[0]
    if newest and not has_type:
        return True
    raise BackfillError(
        f"The expand migrations are not applied. Run: python -m scripts.migrate --legacy --to {LAST_EXPAND}"
    )


def _check_sight(connection: Connection[Any]) -> None:
    """Raise BackfillError where the connecting role does not see every row, and would find all in order."""
    bound = connection.execute(
        "select c.oid::regclass::text from pg_class c where c.relkind = 'r' and row_security_active(c.oid)"
        " and (c.relnamespace = 'private'::regnamespace or c.oid in (%s::regclass, %s::regclass)) order by 1 limit 1",
        ["public.chat_messages", "public.chat_conversations"],
    ).fetchone()
    if bound is not None:
        raise BackfillError(
            f"Row level security holds for this role on {bound[0]}, so it would not see every row. "
            "Connect as the tables' owner, or as a role with BYPASSRLS."
        )


@contextmanager
def alone(connection: Connection[Any], seconds: float) -> Iterator[None]:
    """Hold the lock against a second copy; raises BackfillError where somebody has it.

    It is waited for a little: the server needs a moment to notice that a killed copy is gone.
    """
    until = time.monotonic() + seconds
    while not _one(connection, "select pg_try_advisory_lock(%s)", [_LOCK])[0]:
        if time.monotonic() >= until:
            raise BackfillError("Another copy of the backfill is at work on this database.")
        time.sleep(0.1)
    try:
        yield
    finally:
        if not connection.closed and not connection.broken:
            connection.execute("select pg_advisory_unlock(%s)", [_LOCK])


def _one(connection: Connection[Any], query: str, values: list[Any] | None = None) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(query.encode(), values).fetchone()
    if row is None:
        raise BackfillError("The database gave no answer.")
    return row
