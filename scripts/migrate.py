"""Applies the migrations of `supabase/migrations`: `python scripts/migrate.py`, or with -m.

With `--legacy` those of `supabase/legacy`, which lead a legacy database to the same state (docs/migrating.md).

The command line only; the work is in `scripts/migrations`. Exit codes: 0 done, 1 failed, 2 wrong use.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg

from scripts.legacy import gate
from scripts.local.paths import LEGACY, MIGRATIONS
from scripts.migrations import history
from scripts.migrations.apply import Patience
from scripts.migrations.errors import MigrationError, UsageError
from scripts.migrations.runner import migrate, status
from scripts.migrations.session import connect
from scripts.target import database_url


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if (chosen.accept or chosen.check) and not chosen.legacy:
        parser.error("--check and --accept are of the legacy line: add --legacy")
    try:
        url = database_url(chosen.database_url)
        if chosen.check:
            return _check(url, chosen)
        if chosen.list:
            _show(url, chosen)
        else:
            _migrate(url, chosen)
    except UsageError as error:
        _say(str(error))
        return 2
    except MigrationError as error:
        _say(str(error))
        return 1
    except psycopg.Error as error:
        _say(f"The database refused: {error.diag.message_primary or str(error).strip()}")
        return 1
    except KeyboardInterrupt:
        _say("Interrupted: the file under way was rolled back.")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="migrate", description="Apply pending migrations, one transaction a file.")
    parser.add_argument("--database-url", metavar="URL", help="default: SUPABASE_DB_URL")
    parser.add_argument("--to", metavar="VERSION", help="the last version to apply")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--dry-run", action="store_true", help="only say what would be applied")
    what.add_argument("--list", action="store_true", help="show every migration and whether it is applied")
    what.add_argument(
        "--check", action="store_true", help="say what stands in the legacy line's way; 1 if anything does"
    )
    parser.add_argument(
        "--accept", action="append", default=[], metavar="THING", help="what --check names and may stay"
    )
    parser.add_argument("--legacy", action="store_true", help="the legacy line, and on its way the main line")
    parser.add_argument("--folder", type=Path, default=MIGRATIONS, help="the main line; default: supabase/migrations")
    parser.add_argument("--lock-timeout", type=_positive, default=4000, metavar="MS", help="for one lock, default 4000")
    parser.add_argument("--attempts", type=_positive, default=10, metavar="N", help="of one file, default 10")
    parser.add_argument("--wait", type=float, default=60.0, metavar="S", help="for another runner, default 60")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _show(url: str, chosen: argparse.Namespace) -> None:
    found = status(url, LEGACY, history.LEGACY) if chosen.legacy else status(url, chosen.folder)
    for version, name, applied in found:
        print(f"{'applied' if applied else 'pending'}  {version}  {name}")


def _check(url: str, chosen: argparse.Namespace) -> int:
    with connect(url) as connection:
        if gate.is_past(connection):
            print("There is nothing of the legacy client here: nothing stands in the way.")
            return 0
        found = gate.look(connection, LEGACY, chosen.folder, chosen.accept)
    print("\n".join(found.to_lines()))
    return 1 if found.standing_in_the_way(contract=False) else 0


def _migrate(url: str, chosen: argparse.Namespace) -> None:
    patience = Patience(lock_timeout_ms=chosen.lock_timeout, attempts=chosen.attempts, runner_seconds=chosen.wait)
    done = migrate(
        url,
        LEGACY if chosen.legacy else chosen.folder,
        legacy_of=chosen.folder if chosen.legacy else None,
        to=chosen.to,
        dry_run=chosen.dry_run,
        accepted=chosen.accept,
        patience=patience,
        report=lambda line: print(line, flush=True),
    )
    if chosen.dry_run:
        for migration in done:
            print(f"would apply {migration.file}")
    if not done:
        print("Nothing to apply: the database is up to date.")


def _say(sentence: str) -> None:
    print(f"migrate: {sentence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
