"""Deletes what guests left behind and nobody needs any more: `python -m scripts.retention`.

A member's inquiries go with the member's account (`DELETE /api/v1/me`). A guest without a session has none, so what
such a guest sent goes by age. The account of a session goes when it is old and holds no conversation: none was begun,
or a member has taken them over. Without --apply it only counts. It deletes in batches, a transaction each, and may be
stopped at any time and run again. Exit codes: 0 done, 1 failed, 2 wrong use.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.migrations.errors import UsageError
from scripts.target import database_url

_DAYS = re.compile(r"([1-9][0-9]{0,4})d")
_LEAST = UUID(int=0)

_COUNT = """
    select count(*), count(*) filter (where status = 'new')
    from public.chat_inquiries
    where user_id is null and created_at < %s
"""
# Rows that somebody works on right now are left for the next run.
_DELETE = """
    delete from public.chat_inquiries
    where id in (
      select id from public.chat_inquiries
      where user_id is null and created_at < %s
      limit %s
      for update skip locked
    )
"""

_IS_EMPTY = "not exists (select from public.chat_conversations c where c.user_id = u.id)"
_COUNT_ACCOUNTS = f"select count(*) from auth.users u where u.is_anonymous and u.created_at < %s and {_IS_EMPTY}"
# Nobody makes a contact of an account that is held, and nobody begins a conversation of a contact that is held. Those
# who do so at this moment are left for the next run.
_HOLD_ACCOUNTS = f"""
    select u.id from auth.users u
    where u.is_anonymous and u.created_at < %s and u.id > %s and {_IS_EMPTY}
    order by u.id limit %s for update skip locked
"""
_HOLD_CONTACTS = "select c.id from public.chat_contacts c where c.id = any(%s) for update skip locked"
# A statement of its own: it sees what was begun before both were held.
_DELETE_ACCOUNTS = f"""
    delete from auth.users u
    where u.id = any(%(accounts)s) and {_IS_EMPTY}
      and not exists (
        select from public.chat_contacts c where c.id = u.id and c.id <> all(%(contacts)s::uuid[])
      )
"""


@dataclass(frozen=True)
class Found:
    """What is old enough; `unanswered` of the inquiries were never marked as done."""

    before: datetime
    inquiries: int
    unanswered: int


@dataclass(frozen=True)
class FoundAccounts:
    """How many accounts of guests are old enough and empty."""

    before: datetime
    accounts: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        with _connected(database_url(chosen.database_url)) as db:
            _run(db, chosen)
    except UsageError as error:
        _complain(str(error))
        return 2
    except psycopg.Error as error:
        # The first line says what happened; the others may quote what a row holds.
        _complain((str(error).splitlines() or ["The database failed."])[0])
        return 1
    except KeyboardInterrupt:
        _complain("Interrupted: the batch under way was rolled back.")
        return 1
    return 0


def find(db: Connection[Any], older_than: timedelta) -> Found:
    """Count guests' inquiries older than that, by the database's clock."""
    before = _ago(db, older_than)
    counts = db.execute(_COUNT, [before]).fetchone()
    assert counts is not None
    return Found(before, *counts)


def delete(db: Connection[Any], before: datetime, batch: int) -> Iterator[int]:
    """Delete guests' inquiries from before that moment; yields how many after each batch."""
    while deleted := _delete_batch(db, before, batch):
        yield deleted


def find_accounts(db: Connection[Any], older_than: timedelta) -> FoundAccounts:
    """Count guests' accounts older than that, by the database's clock, in which there is no conversation."""
    before = _ago(db, older_than)
    row = db.execute(_COUNT_ACCOUNTS, [before]).fetchone()
    assert row is not None
    return FoundAccounts(before, row[0])


def delete_accounts(db: Connection[Any], before: datetime, batch: int) -> Iterator[int]:
    """Delete guests' accounts from before that moment that are empty; yields how many after each batch."""
    last: UUID | None = _LEAST
    while last is not None:
        deleted, last = _delete_accounts(db, before, last, batch)
        yield deleted


def _delete_accounts(db: Connection[Any], before: datetime, last: UUID, batch: int) -> tuple[int, UUID | None]:
    """How many of the next accounts went, and where to go on; None at the end."""
    with _bounded(db):
        held = [row[0] for row in db.execute(_HOLD_ACCOUNTS, [before, last, batch])]
        contacts = [row[0] for row in db.execute(_HOLD_CONTACTS, [held])]
        deleted = db.execute(_DELETE_ACCOUNTS, {"accounts": held, "contacts": contacts}).rowcount
    return deleted, held[-1] if held else None


def _ago(db: Connection[Any], older_than: timedelta) -> datetime:
    row = db.execute("select now() - %s::interval", [older_than]).fetchone()
    assert row is not None
    before: datetime = row[0]
    return before


@contextmanager
def _bounded(db: Connection[Any]) -> Iterator[None]:
    """A transaction that waits for nobody long."""
    with db.transaction():
        db.execute("set local lock_timeout = '4s'")
        db.execute("set local statement_timeout = '60s'")
        yield


def _delete_batch(db: Connection[Any], before: datetime, batch: int) -> int:
    with _bounded(db):
        return db.execute(_DELETE, [before, batch]).rowcount


def _connected(url: str) -> Connection[Any]:
    try:
        # Nothing is kept between two statements, so any pooler will do.
        return psycopg.connect(url, autocommit=True, connect_timeout=10, prepare_threshold=None)
    except psycopg.ProgrammingError:
        raise UsageError("The database's URL cannot be read.") from None


def _run(db: Connection[Any], chosen: argparse.Namespace) -> None:
    inquiries = find(db, chosen.older_than)
    accounts = find_accounts(db, chosen.guests_older_than)
    print(
        f"{inquiries.inquiries} inquiries of guests are from before {_moment(inquiries.before)}; "
        f"{inquiries.unanswered} of them were never marked as done."
    )
    print(
        f"{accounts.accounts} accounts of guests are from before {_moment(accounts.before)} and hold no conversation."
    )
    if not chosen.apply:
        print("Nothing was deleted: --apply deletes them.")
        return
    _tell(delete(db, inquiries.before, chosen.batch), "inquiries")
    _tell(delete_accounts(db, accounts.before, chosen.batch), "accounts")


def _tell(batches: Iterator[int], what: str) -> None:
    total = 0
    for deleted in batches:
        total += deleted
        print(f"deleted {total}", flush=True)
    print(f"Deleted {total} {what}.")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="retention", description="Delete old inquiries and empty accounts of guests.")
    parser.add_argument("--older-than", type=_days, default="365d", metavar="DAYS", help="inquiries: default 365d")
    parser.add_argument("--guests-older-than", type=_days, default="30d", metavar="DAYS", help="accounts: default 30d")
    parser.add_argument("--apply", action="store_true", help="delete; without it they are only counted")
    parser.add_argument("--batch", type=_positive, default=1000, metavar="N", help="rows a transaction, default 1000")
    parser.add_argument("--database-url", metavar="URL", help="default: SUPABASE_DB_URL")
    return parser


def _days(text: str) -> timedelta:
    match = _DAYS.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError("must be a number of days such as 365d")
    return timedelta(days=int(match[1]))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return int(text)


def _complain(sentence: str) -> None:
    print(f"retention: {sentence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
