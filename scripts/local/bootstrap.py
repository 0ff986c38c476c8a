"""Turns an empty database into what a hosted project has before its first migration."""

import subprocess
from functools import cache

import psycopg
from psycopg import sql

from scripts.local.errors import StackError
from scripts.local.paths import GATEWAY, HERE

# Roles belong to the whole server: two bootstraps at once would trip over each other's.
_LOCK = 7_461_310_002


def bootstrap(url: str, *, gateway_password: str | None = None) -> None:
    """Make the roles, schemas and rights of a hosted project in the database at `url`, as its superuser.

    May be repeated. `gateway_password` is set for the role that the gateway connects as.
    Raises StackError where the gateway's own tables cannot be learnt from it.
    """
    tables = _auth_tables()
    with psycopg.connect(url) as connection:
        connection.add_notice_handler(lambda _: None)
        connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        connection.execute(_read("bootstrap.sql"))
        connection.execute(tables)
        connection.execute(_read("auth_functions.sql"))
        if gateway_password is not None:
            statement = sql.SQL("alter role authenticator password {}").format(sql.Literal(gateway_password))
            connection.execute(statement)


def _read(name: str) -> bytes:
    return (HERE / name).read_bytes()


@cache
def _auth_tables() -> bytes:
    printed = subprocess.run(["node", "auth-schema.mjs"], cwd=GATEWAY, capture_output=True, check=False)
    if printed.returncode != 0:
        raise StackError(f"The gateway does not start: {printed.stderr.decode(errors='replace').strip()}")
    return printed.stdout
