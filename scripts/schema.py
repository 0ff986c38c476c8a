"""The schema as files: `supabase/schemas` is renewed, checked, or a migration is begun from what was changed there.

    python -m scripts.schema write            make schema: renews schema.sql and triggers.sql from the migrations
    python -m scripts.schema check            says where they are stale
    python -m scripts.schema migration NAME   make migration NAME=…: begins a migration with every function and policy
                                              file that says something else than the migrations do; then as `write`

Needs no database of yours: a server is started for it. Exit codes: 0 done, 1 stale or failed, 2 wrong use.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg

from scripts.catalogue.changes import next_migration
from scripts.catalogue.schema_file import schema_files
from scripts.local import StackError
from scripts.local.paths import FUNCTIONS, MIGRATIONS, POLICIES, SCHEMAS
from scripts.local.scratch import own_server, scratch_database
from scripts.migrations.errors import MigrationError


def stale(server_url: str, schemas: Path = SCHEMAS, migrations: Path = MIGRATIONS) -> list[str]:
    """Return the difference between the committed files and what the migrations make, as lines of a diff."""
    found: list[str] = []
    for name, text in _generated(server_url, migrations).items():
        file = schemas / name
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        found += unified_diff(before.splitlines(), text.splitlines(), f"{name} (committed)", name, lineterm="", n=1)
    return found


def write(server_url: str, schemas: Path = SCHEMAS, migrations: Path = MIGRATIONS) -> None:
    """Write the generated files anew."""
    for name, text in _generated(server_url, migrations).items():
        (schemas / name).write_text(text, encoding="utf-8")


def _generated(server_url: str, migrations: Path) -> dict[str, str]:
    with scratch_database(server_url, migrations=migrations) as url, psycopg.connect(url) as connection:
        return schema_files(connection)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="schema", description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--server-url", metavar="URL", help="a local server; by default one is started")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write", help="renew schema.sql and triggers.sql")
    commands.add_parser("check", help="say where they are stale")
    begin = commands.add_parser("migration", help="begin a migration with what was changed in the files")
    begin.add_argument("name", type=_name, help="what it does, as words_with_underscores")
    chosen = parser.parse_args(arguments)
    try:
        with own_server(chosen.server_url) as server_url:
            return _run(server_url, chosen)
    except (StackError, MigrationError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(server_url: str, chosen: argparse.Namespace) -> int:
    if chosen.command == "check":
        found = stale(server_url)
        print("\n".join([*found, "Stale: `make schema` renews it."] if found else ["The schema file is fresh."]))
        return 1 if found else 0
    if chosen.command == "migration":
        file, changed = next_migration(server_url, chosen.name, MIGRATIONS, (POLICIES, FUNCTIONS))
        print(f"{file.name}: {', '.join(changed) or 'nothing was changed in the files, so write it yourself'}")
    write(server_url)
    return 0


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]+", text):
        raise argparse.ArgumentTypeError("only small letters, digits and underscores")
    return text


if __name__ == "__main__":
    sys.exit(main())
