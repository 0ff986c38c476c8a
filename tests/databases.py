"""Databases of one's own, copied from one that was made before: the way to it is walked once a server."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from scripts.local.bootstrap import bootstrap
from scripts.local.scratch import scratch_database
from scripts.migrations.runner import migrate

# What an `alter database` has set stays with the one that it was said of.
_SETTINGS = """
insert into pg_db_role_setting select made.oid, setrole, setconfig
from pg_db_role_setting join pg_database made on made.datname = %s
where setdatabase = (select oid from pg_database where datname = %s)
"""
# By server and way. Its data folder ends with the tests, and they with it.
_made: dict[tuple[object, ...], str] = {}


@contextmanager
def copied_database(
    server_url: str, *, migrations: Path | None = None, to: str | None = None, legacy_of: Path | None = None
) -> Iterator[str]:
    """What `scratch_database` makes, for folders that do not change while tests run."""
    if os.environ.get("MUNUI_TEST_REMOTE") == "1":
        # Nothing of ours stays on somebody else's server.
        with scratch_database(server_url, migrations=migrations, to=to, legacy_of=legacy_of) as url:
            yield url
        return
    name = f"munui_copy_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as server:
        original = _original(server_url, server, migrations, to, legacy_of)
        server.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(original)))
        try:
            server.execute(_SETTINGS, [name, original])
            yield make_conninfo(server_url, dbname=name)
        finally:
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _original(
    server_url: str,
    server: psycopg.Connection[tuple[object, ...]],
    migrations: Path | None,
    to: str | None,
    legacy_of: Path | None,
) -> str:
    where = conninfo_to_dict(server_url)
    key = (where["port"], where["password"], migrations, to, legacy_of)
    if key not in _made:
        name = f"munui_original_{secrets.token_hex(6)}"
        server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        url = make_conninfo(server_url, dbname=name)
        bootstrap(url)
        if migrations is not None:
            migrate(url, migrations, to=to, legacy_of=legacy_of)
        _made[key] = name
    return _made[key]
