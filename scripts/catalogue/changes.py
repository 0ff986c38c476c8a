"""Begins a migration: what the function and policy files say otherwise than the migrations.

A file that changed is taken into the migration whole: it is idempotent, and whoever reads the migration later sees
all of it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from scripts.catalogue.facts import Facts, apply_files, facts
from scripts.catalogue.strip import strip
from scripts.local.scratch import scratch_database
from scripts.migrations.files import read_folder

_FUNCTION = "function "


def next_migration(server_url: str, name: str, migrations: Path, folders: Sequence[Path]) -> tuple[Path, list[str]]:
    """Write the migration; return it and the names of what is in it.

    Raises MigrationError where a migration or a file cannot be applied.
    """
    with scratch_database(server_url, migrations=migrations) as url, psycopg.connect(url) as connection:
        before = facts(connection)
        strip(connection)
        for folder in folders:
            apply_files(connection, folder)
        after = facts(connection)
        connection.rollback()
    changed = [file for folder in folders for file in sorted(folder.glob("*.sql")) if _is_about(file, before ^ after)]
    gone = sorted({thing for thing, _ in before} - {thing for thing, _ in after})
    dropped = [f"drop {thing};" for thing in gone if thing.startswith(_FUNCTION)]
    file = migrations / f"{_version(migrations)}_{name}.sql"
    parts = [f"-- {name.replace('_', ' ')}", *dropped, *(one.read_text(encoding="utf-8").rstrip() for one in changed)]
    file.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return file, [*dropped, *(one.stem for one in changed)]


def _is_about(file: Path, different: Facts) -> bool:
    """Whether a file's function, table or view is among what differs: each is named like its file."""
    names = (thing.split(" ", 1)[1].split("(", 1)[0].split(".") for thing, _ in different)
    return any(file.stem in parts[1:2] for parts in names)


def _version(migrations: Path) -> str:
    """Now, and in any case after the last one."""
    last = max((migration.version for migration in read_folder(migrations)), default="0")
    return max(datetime.now(UTC).strftime("%Y%m%d%H%M%S"), str(int(last) + 1))
