"""When the preflight is asked: by `--check`, and before the first change of either half."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from psycopg import Connection

from scripts.legacy.finding import lines
from scripts.legacy.preflight import Preflight, preflight
from scripts.migrations.errors import MigrationError
from scripts.migrations.files import Migration, read_folder
from scripts.migrations.history import LEGACY

# Past it stands what has our columns and no longer the legacy ones; a view or a table of somebody else's has neither.
_IS_PAST = """
select count(*) filter (where a.attname = 'seq') > 0 and count(*) filter (where a.attname = 'type') = 0
from pg_attribute a where a.attrelid = to_regclass('public.chat_messages') and not a.attisdropped
"""


def is_past(connection: Connection[Any]) -> bool:
    """Say whether the database stands past the contract step, where nothing can stand in the way any more."""
    return connection.execute(_IS_PAST).fetchone() == (True,)


def look(connection: Connection[Any], legacy: Path, main: Path, accepted: Iterable[str] = ()) -> Preflight:
    """Return what stands in the way of the legacy line."""
    files = [*read_folder(legacy), *read_folder(main)]
    # The first file of ours makes the schema that is nobody else's.
    is_begun = any(row.name.startswith("expand_") for row in LEGACY.read(connection))
    return preflight(connection, files, is_begun=is_begun, accepted=accepted)


def check(
    connection: Connection[Any], legacy: Path, main: Path, waiting: list[Migration], accepted: Iterable[str] = ()
) -> None:
    """Raise MigrationError with the whole list where one of the waiting files must not be applied."""
    if not waiting or is_past(connection):
        return
    is_contract = any(migration.name.startswith("contract_") for migration in waiting)
    found = look(connection, legacy, main, accepted).standing_in_the_way(contract=is_contract)
    if found:
        raise MigrationError(
            "\n".join(["The live database is not as the migration needs it:", *lines(found), "Nothing was changed."])
        )
