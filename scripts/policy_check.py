"""Do the migrations and `supabase/policies` say the same? `make check-policies`.

Builds a scratch database from the migrations alone, applies the policy files again and compares who may do what
before and after; then takes every right away, applies the files once more and compares again.
Exit codes: 0 they agree, 1 they differ or one cannot be applied, 2 wrong use.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg

from scripts.local import LocalStack, StackError
from scripts.local.paths import LOCAL, MIGRATIONS, POLICIES
from scripts.local.scratch import scratch_database
from scripts.migrations.errors import MigrationError, UsageError
from scripts.policies.compare import differences
from scripts.policies.snapshot import Snapshot, apply_files, snapshot
from scripts.policies.strip import strip


def changes(server_url: str, migrations: Path = MIGRATIONS, policies: Path = POLICIES) -> list[str]:
    """Return in what the policy files, applied again or from nothing, differ from the migrations alone.

    `server_url` is a superuser's URL of a local server; a database of our own is made there and dropped.
    Raises MigrationError where a migration or a policy file cannot be applied.
    """
    with scratch_database(server_url, migrations=migrations) as url, psycopg.connect(url) as connection:
        before = snapshot(connection)
        again = _applied(connection, policies)
        strip(connection)
        alone = _applied(connection, policies)
        connection.rollback()
    # A right that no policy file names survives the first comparison; it does not survive the second.
    return differences(before, again) or differences(before, alone)


def _applied(connection: psycopg.Connection[Any], policies: Path) -> Snapshot:
    apply_files(connection, policies)
    return snapshot(connection)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="policy_check", description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--server-url", metavar="URL", help="a local server; by default one is started for the check")
    chosen = parser.parse_args(arguments)
    try:
        found = changes(chosen.server_url) if chosen.server_url else _on_own_server()
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except (StackError, MigrationError) as error:
        print(error, file=sys.stderr)
        return 1
    if not found:
        print("Migrations and policy files agree.")
        return 0
    print("The policy files say something else than the migrations (- migrations, + policy files):")
    print("\n".join(found))
    return 1


def _on_own_server() -> list[str]:
    stack = LocalStack(LOCAL / "check", durable=False, fresh=True, migrations=None)
    try:
        stack.start_postgres()
        return changes(stack.db_url)
    finally:
        stack.stop()
        shutil.rmtree(stack.root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
