"""Takes what the migrations made out of a legacy database, by its names. Changes of the catalog only."""

from typing import Any

from psycopg import Connection, sql

from scripts.legacy.known import TABLES
from scripts.legacy.ours import Ours

_TRIGGERS = """
select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
where c.relnamespace = 'public'::regnamespace and c.relname = any(%s) and t.tgname = any(%s)
"""
_FUNCTIONS = """
select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = any(%s)
"""
_CONSTRAINTS = """
select k.conname from pg_constraint k
where k.conrelid = to_regclass(%s) and k.conname = any(%s)
"""
_COLUMNS = """
select a.attname from pg_attribute a where a.attrelid = to_regclass(%s) and a.attname = any(%s) and not a.attisdropped
"""
_RELATIONS = """
select c.relkind, c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relname = any(%s) and c.relkind = any(%s)
  and not exists (select from pg_constraint k where k.conindid = c.oid)
"""


def remove(connection: Connection[Any], ours: Ours) -> None:
    """Drop all of it, within the caller's transaction. Where something else hangs on it this fails, and says what."""
    # Some are of what a function of ours says of a row; those that a key stands on go when it is gone.
    _drop_relations(connection, ours, "index", "i")
    for table, trigger in connection.execute(_TRIGGERS, [list(TABLES), sorted(ours.triggers)]).fetchall():
        connection.execute(_drop("trigger {} on public.{}", trigger, table))
    for (function,) in connection.execute(_FUNCTIONS, [sorted(ours.functions)]).fetchall():
        connection.execute(f"drop function {function}".encode())
    _drop_relations(connection, ours, "view", "v")
    for table in TABLES:
        _strip(connection, ours, table)
    # In one statement, since they refer to each other.
    _drop_relations(connection, ours, "table", "r")
    _drop_relations(connection, ours, "index", "i")
    for schema in sorted(ours.schemas):
        connection.execute(_drop("schema if exists {} cascade", schema))


def _strip(connection: Connection[Any], ours: Ours, table: str) -> None:
    where = f"public.{table}"
    constraints = connection.execute(
        _CONSTRAINTS, [where, [name for of, name in ours.constraints if of == table]]
    ).fetchall()
    # Some of our keys hang on others of ours: those of two columns go first.
    for (name,) in constraints:
        connection.execute(
            sql.SQL("alter table public.{} drop constraint {}").format(sql.Identifier(table), sql.Identifier(name))
        )
    columns = connection.execute(_COLUMNS, [where, [name for of, name in ours.columns if of == table]]).fetchall()
    if columns:
        parts = sql.SQL(", ").join(sql.SQL("drop column {}").format(sql.Identifier(name)) for (name,) in columns)
        connection.execute(sql.SQL("alter table public.{} {}").format(sql.Identifier(table), parts))


def _drop_relations(connection: Connection[Any], ours: Ours, word: str, kind: str) -> None:
    found = connection.execute(_RELATIONS, [sorted(ours.relations), [kind]]).fetchall()
    if found:
        listed = sql.SQL(", ").join(sql.Identifier("public", name) for _, name in found)
        connection.execute(sql.SQL("drop {} {}").format(sql.SQL(word), listed))


def _drop(what: str, *names: str) -> sql.Composed:
    return sql.SQL(f"drop {what}").format(*map(sql.Identifier, names))
