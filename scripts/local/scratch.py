"""A database of one's own on a running local server, as a hosted project begins, dropped at the end."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from scripts.local.bootstrap import bootstrap
from scripts.local.paths import LOCAL
from scripts.local.stack import LocalStack
from scripts.migrations.runner import migrate


@contextmanager
def scratch_database(
    server_url: str, *, migrations: Path | None = None, to: str | None = None, legacy_of: Path | None = None
) -> Iterator[str]:
    """Make a database and yield its URL (in libpq's key=value form).

    `server_url` is a superuser's URL of a local server. With `migrations` they are applied, up to version `to`; with
    `legacy_of` they are the legacy line of that main line. Raises MigrationError where one fails.
    """
    name = f"munui_scratch_{os.getpid()}_{secrets.token_hex(4)}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        try:
            url = make_conninfo(server_url, dbname=name)
            bootstrap(url)
            if migrations is not None:
                migrate(url, migrations, to=to, legacy_of=legacy_of)
            yield url
        finally:
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@contextmanager
def own_server(url: str | None = None) -> Iterator[str]:
    """Yield the superuser's URL of a local server: the one that was named, or one that is made here and ends here.

    Raises StackError where it does not start.
    """
    if url:
        yield url
        return
    stack = LocalStack(LOCAL / f"check-{os.getpid()}", durable=False, fresh=True, migrations=None)
    try:
        stack.start_postgres()
        yield stack.db_url
    finally:
        stack.stop()
        shutil.rmtree(stack.root, ignore_errors=True)
