"""Deletes guests' inquiries that are older than they need be kept: `python -m scripts.retention`.

A member's inquiries go with the member's account (`DELETE /api/v1/me`). A guest has none, so what a guest sent goes by
age. Without --apply it only counts. It deletes in batches, a transaction each, and may be stopped at any time and run
again. Exit codes: 0 done, 1 failed, 2 wrong use.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.migrations.errors import UsageError
from scripts.target import database_url

_DAYS = re.compile(r"([1-9][0-9]{0,4})d")

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


@dataclass(frozen=True)
class Found:
    """What is old enough; `unanswered` of it were never marked as done."""

    before: datetime
    inquiries: int
    unanswered: int


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
    row = db.execute("select now() - %s::interval", [older_than]).fetchone()
    assert row is not None
    before: datetime = row[0]
    counts = db.execute(_COUNT, [before]).fetchone()
    assert counts is not None
    return Found(before, *counts)


def delete(db: Connection[Any], before: datetime, batch: int) -> Iterator[int]:
    """Delete guests' inquiries from before that moment; yields how many after each batch."""
    while deleted := _delete_batch(db, before, batch):
        yield deleted


def _delete_batch(db: Connection[Any], before: datetime, batch: int) -> int:
    with db.transaction():
        db.execute("set local lock_timeout = '4s'")
        db.execute("set local statement_timeout = '60s'")
        return db.execute(_DELETE, [before, batch]).rowcount


def _connected(url: str) -> Connection[Any]:
    try:
        # Nothing is kept between two statements, so any pooler will do.
        return psycopg.connect(url, autocommit=True, connect_timeout=10, prepare_threshold=None)
    except psycopg.ProgrammingError:
        raise UsageError("The database's URL cannot be read.") from None


def _run(db: Connection[Any], chosen: argparse.Namespace) -> None:
    found = find(db, chosen.older_than)
    print(
        f"{found.inquiries} inquiries of guests are from before {found.before.astimezone(UTC):%Y-%m-%d %H:%M} UTC; "
        f"{found.unanswered} of them were never marked as done."
    )
    if not chosen.apply:
        print("Nothing was deleted: --apply deletes them.")
        return
    total = 0
    for deleted in delete(db, found.before, chosen.batch):
        total += deleted
        print(f"deleted {total}", flush=True)
    print(f"Deleted {total} inquiries.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="retention", description="Delete old inquiries of guests.")
    parser.add_argument("--older-than", type=_days, default="365d", metavar="DAYS", help="such as 365d, the default")
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
