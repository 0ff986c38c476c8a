"""The history in `supabase_migrations`: the official CLI's table, and beside it our checksums.

The checksums have a table of their own, so that the CLI finds its table exactly as it makes it.
"""

import re
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from scripts.migrations.errors import MigrationError
from scripts.migrations.files import Migration

_MAKE = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
create table if not exists supabase_migrations.munui_checksums (
   version text not null primary key,
   sha256 text not null
);
comment on table supabase_migrations.munui_checksums is
   'Checksums of applied migration files: a file that was edited since is refused.';
"""
_EXISTS = """
select to_regclass('supabase_migrations.schema_migrations') is not null,
   to_regclass('supabase_migrations.munui_checksums') is not null
"""
_READ = """
select h.version, coalesce(h.name, ''), h.statements, null::text
from supabase_migrations.schema_migrations h order by h.version
"""
_READ_WITH_CHECKSUMS = """
select h.version, coalesce(h.name, ''), h.statements, c.sha256
from supabase_migrations.schema_migrations h
left join supabase_migrations.munui_checksums c using (version) order by h.version
"""
_RECORD = "insert into supabase_migrations.schema_migrations (version, name, statements) values (%s, %s, %s)"
_CHECKSUM = """
insert into supabase_migrations.munui_checksums (version, sha256) values (%s, %s)
on conflict (version) do update set sha256 = excluded.sha256
"""


@dataclass(frozen=True)
class Applied:
    """One row of the history; `checksum` is None where the official CLI made it."""

    version: str
    name: str
    statements: tuple[str, ...] | None
    checksum: str | None

    def is_of(self, migration: Migration) -> bool:
        """Say whether the file is still what was applied.

        Where there is no checksum the statements decide, whatever their white space; where there are none
        either, the row is believed.
        """
        if self.checksum is not None:
            return self.checksum == migration.checksum
        if self.statements is None:
            return True
        return _gist(self.statements) == _gist(tuple(one.text for one in migration.statements))


def make(connection: Connection[Any]) -> None:
    """Make the tables of the history where they are missing."""
    if connection.execute(_EXISTS).fetchone() != (True, True):
        with connection.transaction():
            connection.execute(_MAKE)


def read(connection: Connection[Any]) -> list[Applied]:
    """Return the history in order; reading makes nothing."""
    row = connection.execute(_EXISTS).fetchone()
    if row is None or not row[0]:
        return []
    query = _READ_WITH_CHECKSUMS if row[1] else _READ
    return [
        Applied(version, name, None if statements is None else tuple(statements), checksum)
        for version, name, statements, checksum in connection.execute(query).fetchall()
    ]


def record(connection: Connection[Any], migration: Migration) -> None:
    """Write that a migration was applied, within the caller's transaction."""
    texts = [statement.text for statement in migration.statements]
    connection.execute(_RECORD, [migration.version, migration.name, texts])
    connection.execute(_CHECKSUM, [migration.version, migration.checksum])


def adopt(connection: Connection[Any], applied: list[Applied], files: list[Migration]) -> None:
    """Keep the checksums of files that the official CLI applied."""
    known = {row.version for row in applied if row.checksum is None}
    for migration in files:
        if migration.version in known:
            connection.execute(_CHECKSUM, [migration.version, migration.checksum])


def pending(applied: list[Applied], files: list[Migration]) -> list[Migration]:
    """Return the files that were not applied yet.

    Raises MigrationError where an applied file was edited or is gone, or a new one precedes an applied one.
    """
    by_version = {migration.version: migration for migration in files}
    for row in applied:
        migration = by_version.get(row.version)
        if migration is None:
            raise MigrationError(
                f"The database has migration {row.version}_{row.name}, but there is no such file: "
                "it was applied from another state of the project."
            )
        if not row.is_of(migration):
            raise MigrationError(f"{migration.file} was edited after it was applied: put it back and write a new one.")
    done = {row.version for row in applied}
    last = max(done, default="")
    waiting = [migration for migration in files if migration.version not in done]
    for migration in waiting:
        if migration.version < last:
            raise MigrationError(
                f"{migration.file} comes before {last}, which is applied already: give it a later version."
            )
    return waiting


def _gist(statements: tuple[str, ...]) -> str:
    return re.sub(r"[\s;]+", "", "".join(statements))
