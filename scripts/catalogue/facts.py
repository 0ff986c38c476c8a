"""Reads what the catalogue says about the product's schemas: see `facts.sql` for the kinds of facts."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

from scripts.migrations.errors import MigrationError
from scripts.migrations.statements import split

SCHEMAS = ("public", "private", "guard")

# One entry a fact: the object it is about, and the fact as text.
Facts = frozenset[tuple[str, str]]

_QUERIES = split(Path(__file__).with_name("facts.sql").read_text(encoding="utf-8"))


def facts(connection: Connection[Any], schemas: tuple[str, ...] = SCHEMAS) -> Facts:
    """Return every fact about the schemas: tables, columns, indexes, functions, policies, rights and so on."""
    found: set[tuple[str, str]] = set()
    with connection.transaction():
        # Names are printed with their schemas, whatever search_path the caller has.
        connection.execute("set local search_path = ''")
        for query in _QUERIES:
            found.update(connection.execute(query.text.encode(), {"schemas": list(schemas)}).fetchall())
    return frozenset(found)


def apply_files(connection: Connection[Any], folder: Path) -> None:
    """Run the SQL files of a folder, in the order of their names, within the caller's transaction.

    Raises MigrationError with the file and the line where one fails.
    """
    # One may call another whose name comes later. The migrations, which say the same, had their bodies checked.
    connection.execute("set local check_function_bodies = off")
    for file in sorted(folder.glob("*.sql")):
        for statement in split(file.read_text(encoding="utf-8")):
            try:
                connection.execute(statement.text.encode())
            except psycopg.Error as error:
                raise MigrationError(f"{file.name}, line {statement.line}: {error.diag.message_primary}") from None
