"""A database of one's own on a running local server, as a hosted project begins, dropped at the end."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from scripts.local.bootstrap import bootstrap
from scripts.migrations.runner import migrate


@contextmanager
def scratch_database(server_url: str, *, migrations: Path | None = None, to: str | None = None) -> Iterator[str]:
    """Make a database and yield its URL (in libpq's key=value form).

    `server_url` is a superuser's URL of a local server. With `migrations` they are applied, up to version
    `to`. Raises MigrationError where one fails.
    """
    name = f"munui_scratch_{os.getpid()}_{secrets.token_hex(4)}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        try:
            url = make_conninfo(server_url, dbname=name)
            bootstrap(url)
            if migrations is not None:
                migrate(url, migrations, to=to)
            yield url
        finally:
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
