"""Do the migrations say the same as `supabase/policies` and `supabase/schemas/functions`? `make check-policies`.

Builds a scratch database from the migrations alone, applies the policy and function files again and compares the two
catalogues; then takes every right and every function away, applies the files once more and compares again.
Exit codes: 0 they agree, 1 they differ or one cannot be applied, 2 wrong use.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg

from scripts.catalogue.compare import differences
from scripts.catalogue.facts import Facts, apply_files, facts
from scripts.catalogue.strip import strip
from scripts.local import StackError
from scripts.local.paths import FUNCTIONS, MIGRATIONS, POLICIES
from scripts.local.scratch import own_server, scratch_database
from scripts.migrations.errors import MigrationError, UsageError


def changes(server_url: str, migrations: Path = MIGRATIONS, *folders: Path) -> list[str]:
    """Return in what the files of `folders`, applied again or from nothing, differ from the migrations alone.

    `server_url` is a superuser's URL of a local server; a database of our own is made there and dropped. The folders
    are by default those of the policies and the functions. Raises MigrationError where a migration or a file cannot be
    applied.
    """
    files = folders or (POLICIES, FUNCTIONS)
    with scratch_database(server_url, migrations=migrations) as url, psycopg.connect(url) as connection:
        before = facts(connection)
        again = _applied(connection, files)
        strip(connection)
        alone = _applied(connection, files)
        connection.rollback()
    # What no file says survives the first comparison; it does not survive the second.
    return differences(before, again) or differences(before, alone)


def _applied(connection: psycopg.Connection[Any], folders: Sequence[Path]) -> Facts:
    for folder in folders:
        apply_files(connection, folder)
    return facts(connection)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="policy_check", description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--server-url", metavar="URL", help="a local server; by default one is started for the check")
    chosen = parser.parse_args(arguments)
    try:
        with own_server(chosen.server_url) as server_url:
            found = changes(server_url)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except (StackError, MigrationError) as error:
        print(error, file=sys.stderr)
        return 1
    if not found:
        print("Migrations, policy files and function files agree.")
        return 0
    print("The policy and function files say something else than the migrations (- migrations, + files):")
    print("\n".join(found))
    print("Changed on purpose? `make migration NAME=what_it_does` writes the migration.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
