"""On which line a database stands, looked at before anything is applied to it.

Databases of before the lines were parted have one chain of versions 20261101… in the official CLI's history. Where
all of it was applied, `supabase/legacy/adoption.sql` brings the schema to what the main line begins with.
"""

from typing import Any

from psycopg import Connection

from scripts.local.paths import LEGACY as FOLDER
from scripts.migrations.errors import MigrationError
from scripts.migrations.files import Migration, read_script
from scripts.migrations.history import LEGACY, MAIN

# The first and the last file of the one chain.
_FIRST, _LAST = "20261101000000", "20261101003400"
_HAS_CHAT = "select to_regclass('public.chat_conversations') is not null"


def check_main(connection: Connection[Any]) -> bool:
    """Say whether the database must be adopted first; raises MigrationError where the main line cannot begin."""
    applied = MAIN.versions(connection)
    if _FIRST in applied:
        if _LAST not in applied:
            raise MigrationError(
                "The database stands halfway on the chain of before the lines were parted: apply the rest of it first, "
                "with a version of then."
            )
        return True
    if not applied and connection.execute(_HAS_CHAT).fetchone() == (True,):
        raise MigrationError(
            "The database has a chat that no migration of the main line made. If it is the legacy one: "
            "docs/migrating.md, and scripts.migrate --legacy."
        )
    return False


def check_legacy(connection: Connection[Any], main: list[Migration]) -> None:
    """Raise MigrationError where the legacy line has nothing to do.

    A history of other migrations is the live site's own.
    """
    ours = {migration.version for migration in main}
    if ours.intersection(MAIN.versions(connection)) and not LEGACY.versions(connection):
        raise MigrationError("The database was made by the main line: there is nothing of the legacy client in it.")


def adoption() -> Migration:
    """Return the script that brings a database of the one chain to what the main line begins with."""
    return read_script(FOLDER / "adoption.sql")


def forget(connection: Connection[Any]) -> None:
    """Take the one chain out of the history, within the transaction of the script that takes its place."""
    for table in (MAIN.table, MAIN.checksums):
        connection.execute(f"delete from supabase_migrations.{table}".encode())
