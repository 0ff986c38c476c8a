"""Histories in `supabase_migrations`: the official CLI's table for the main line, one like it for the legacy line.

Checksums have tables of their own, so that the CLI finds its table exactly as it makes it.
"""

import re
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from scripts.migrations.errors import MigrationError
from scripts.migrations.files import Migration

_MAKE = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.{table} (version text not null primary key);
alter table supabase_migrations.{table} add column if not exists statements text[];
alter table supabase_migrations.{table} add column if not exists name text;
create table if not exists supabase_migrations.{checksums} (
   version text not null primary key,
   sha256 text not null
);
comment on table supabase_migrations.{checksums} is
   'Checksums of applied migration files: a file that was edited since is refused.';
"""
_EXISTS = """
select to_regclass('supabase_migrations.{table}') is not null,
   to_regclass('supabase_migrations.{checksums}') is not null
"""
_VERSIONS = "select version from supabase_migrations.{table} order by version"
_READ = """
select h.version, coalesce(h.name, ''), h.statements, null::text
from supabase_migrations.{table} h order by h.version
"""
_READ_WITH_CHECKSUMS = """
select h.version, coalesce(h.name, ''), h.statements, c.sha256
from supabase_migrations.{table} h
left join supabase_migrations.{checksums} c using (version) order by h.version
"""
_RECORD = "insert into supabase_migrations.{table} (version, name, statements) values (%s, %s, %s)"
_CHECKSUM = """
insert into supabase_migrations.{checksums} (version, sha256) values (%s, %s)
on conflict (version) do update set sha256 = excluded.sha256
"""


@dataclass(frozen=True)
class Applied:
    """One row of a history; `checksum` is None where the official CLI made it."""

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


@dataclass(frozen=True)
class History:
    """What was applied of one line of migrations: a table of the official CLI's shape, and our checksums."""

    table: str
    checksums: str

    def make(self, connection: Connection[Any]) -> None:
        """Make the tables where they are missing."""
        if connection.execute(self._sql(_EXISTS)).fetchone() != (True, True):
            with connection.transaction():
                connection.execute(self._sql(_MAKE))

    def read(self, connection: Connection[Any]) -> list[Applied]:
        """Return the history in order; reading makes nothing."""
        row = connection.execute(self._sql(_EXISTS)).fetchone()
        if row is None or not row[0]:
            return []
        query = self._sql(_READ_WITH_CHECKSUMS if row[1] else _READ)
        return [
            Applied(version, name, None if statements is None else tuple(statements), checksum)
            for version, name, statements, checksum in connection.execute(query).fetchall()
        ]

    def versions(self, connection: Connection[Any]) -> list[str]:
        """Return the applied versions in order: all that every official CLI has ever kept."""
        row = connection.execute(self._sql(_EXISTS)).fetchone()
        if row is None or not row[0]:
            return []
        return [version for (version,) in connection.execute(self._sql(_VERSIONS)).fetchall()]

    def record(self, connection: Connection[Any], migration: Migration) -> None:
        """Write that a migration was applied, within the caller's transaction."""
        texts = [statement.text for statement in migration.statements]
        connection.execute(self._sql(_RECORD), [migration.version, migration.name, texts])
        connection.execute(self._sql(_CHECKSUM), [migration.version, migration.checksum])

    def adopt(self, connection: Connection[Any], files: list[Migration]) -> None:
        """Keep the checksums of files that the official CLI applied."""
        self.make(connection)
        known = {row.version for row in self.read(connection) if row.checksum is None}
        for migration in files:
            if migration.version in known:
                connection.execute(self._sql(_CHECKSUM), [migration.version, migration.checksum])

    def _sql(self, statement: str) -> bytes:
        return statement.format(table=self.table, checksums=self.checksums).encode()


# The main line's is the official CLI's own; the legacy line is none of its business.
MAIN = History("schema_migrations", "munui_checksums")
LEGACY = History("munui_legacy_migrations", "munui_legacy_checksums")


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
