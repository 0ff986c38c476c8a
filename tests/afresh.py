"""What each file of tests begins with: the rows that the migrations ship, and none that another file has left.

A stack is started once a process, and files come in any order: what one leaves there, such as an operator, a rule or
somebody who waits, must not be met by the next. Accounts stay, for what lives longer than a file is signed in by them;
and flows, which nobody changes and which running services know to be there.
"""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import Connection, sql
from psycopg.errors import DeadlockDetected
from psycopg.types.json import Jsonb

from scripts.local import LocalStack
from tests.stack import connect

_TABLES = r"""
select tablename::text from pg_tables
where schemaname = 'public' and tablename ~ '^(chat|kb)_' and tablename <> 'chat_flows' order by 1
"""
# The columns that may be written: those that the database computes it computes again.
_COLUMNS = """
select attname::text from pg_attribute
where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum
"""
_ROWS = sql.SQL("select coalesce(jsonb_agg(to_jsonb(shipped)), '[]') from {} shipped")
_AGAIN = sql.SQL("insert into {table} ({columns}) select {columns} from jsonb_populate_recordset(null::{table}, %s)")
_ATTEMPTS = 5
# The shipped rows of each table, by server.
_shipped: dict[str, dict[str, Any]] = {}


def begin(request: pytest.FixtureRequest) -> None:
    """Put the session's stack back, where a test of this file uses it and it is ours."""
    here = [item for item in request.session.items if item.path == request.path]
    if any("stack" in getattr(item, "fixturenames", ()) for item in here):
        stack = request.getfixturevalue("stack")
        if isinstance(stack, LocalStack):
            with connect(stack, autocommit=True) as db:
                _patiently(db, _shipped.setdefault(stack.db_url, {}))


def _patiently(db: Connection[Any], shipped: dict[str, Any]) -> None:
    """Also while a service of a file before ends what it was asked last, in whatever order that takes its locks."""
    for left in reversed(range(_ATTEMPTS)):
        learnt = dict(shipped)
        try:
            with db.transaction():
                put_back(db, learnt)
        except DeadlockDetected:
            if not left:
                raise
        else:
            shipped.update(learnt)
            return


def put_back(db: Connection[Any], shipped: dict[str, Any]) -> None:
    """Learn what is shipped, the first time; put it back, ever after. Within a transaction."""
    # No trigger says what happened, and no order of the tables matters.
    db.execute("set local session_replication_role = replica")
    is_first = not shipped
    for (name,) in db.execute(_TABLES).fetchall():
        table = sql.Identifier("public", name)
        if name not in shipped:
            shipped[name] = db.execute(_ROWS.format(table)).fetchall()[0][0] if is_first else []
        db.execute(sql.SQL("delete from {}").format(table))
        if shipped[name]:
            columns = [sql.Identifier(column) for (column,) in db.execute(_COLUMNS, [f"public.{name}"])]
            again = _AGAIN.format(table=table, columns=sql.SQL(", ").join(columns))
            db.execute(again, [Jsonb(shipped[name])])
