"""Writes the schema as a person reads it: each table with its keys, indexes, policies and rights in one place.

What it writes is run as it stands by a test, and must give the same catalogue as the migrations: what it forgets is
noticed.
"""

import re
from pathlib import Path
from typing import Any

from psycopg import Connection

from scripts.catalogue.facts import SCHEMAS
from scripts.migrations.statements import split

_HEAD = """-- The schema as it is, generated from the migrations by `make schema`: read here, changed in a migration.
-- What functions do stands in functions/, a file each; triggers.sql comes last, so that all of it can be run.

-- Functions name one another, whichever file comes first.
set check_function_bodies = off;
"""
_TRIGGERS_HEAD = """-- Generated from the migrations by `make schema`: what needs tables and functions first.
"""
# Comments are passed over: an apostrophe in one begins no literal.
_LITERAL = re.compile(r"--.*|'(?:[^']|'')*'")
# The last line of comment before a query is its name.
_QUERIES = {
    found[1]: found[2]
    for query in split(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    if (found := re.fullmatch(r"(?:--.*\n|\n)*-- (.*)\n((?!--)(?:.|\n)*)", query.text))
}


class _Reader:
    """Asks the named queries of schema_file.sql."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def rows(self, name: str) -> list[tuple[Any, ...]]:
        return self._ask(name, None)

    def lines(self, name: str, relation: int | None = None) -> list[str]:
        return [str(row[0]) for row in self._ask(name, relation) if row[0] is not None]

    def _ask(self, name: str, relation: int | None) -> list[tuple[Any, ...]]:
        values = {"schemas": list(SCHEMAS), "relation": relation}
        return self._connection.execute(_QUERIES[name].encode(), values).fetchall()


def schema_files(connection: Connection[Any]) -> dict[str, str]:
    """Return the generated files of `supabase/schemas`, by name."""
    with connection.transaction():
        connection.execute("set local search_path = ''")
        read = _Reader(connection)
        relations = read.rows("relations")
        parts = [
            _HEAD,
            "\n".join(read.lines("schemas") + read.lines("schema rights")),
            "-- New things are nobody's.\n" + "\n".join(read.lines("defaults")),
        ]
        parts += [_relation(read, *relation) for relation in relations]
        # Tables stand in the order in which they were made.
        if later := read.lines("foreign keys to younger tables"):
            parts.append("-- Keys that lead to a table that was made later\n" + "\n".join(later))
        parts.append("-- Functions\n" + "\n".join(f"-- {line}" for line in read.lines("functions")))
        last = [
            line
            for oid, *_ in relations
            for name in ("indexes by functions", "triggers")
            for line in read.lines(name, oid)
        ]
    return {
        "schema.sql": _visible("\n\n".join(part.rstrip() for part in parts) + "\n"),
        "triggers.sql": _visible("\n".join([_TRIGGERS_HEAD, *last]) + "\n"),
    }


def _visible(text: str) -> str:
    """Spell out, in literals, the characters that nobody sees and an editor may change."""
    return _LITERAL.sub(lambda found: _spelt(found.group()), text)


def _spelt(literal: str) -> str:
    if literal.isprintable():
        return literal
    return "U&" + "".join(one if one.isprintable() and one != "\\" else f"\\{ord(one):04X}" for one in literal)


def _relation(read: _Reader, oid: int, name: str, kind: str, comment: str) -> str:
    paragraphs = [
        _made(read, oid, name, kind),
        read.lines("indexes", oid),
        # After the indexes: a key may lead back into its own table.
        read.lines("foreign keys", oid),
        [f"-- {line}" for name in ("indexes by functions", "triggers") for line in read.lines(name, oid)],
        [
            f"revoke all on {name} from public, anon, authenticated, service_role;",
            *read.lines("rights", oid),
            *read.lines("column rights", oid),
        ],
        [*read.lines("row level security", oid), *read.lines("policies", oid)],
        [*read.lines("column settings", oid)],
        [f"comment on {_word(kind)} {name} is {_quoted(comment)};", *read.lines("column comments", oid)],
    ]
    return f"-- {name}\n\n" + "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _made(read: _Reader, oid: int, name: str, kind: str) -> list[str]:
    if kind in {"v", "m"}:
        options = read.lines("view options", oid)
        with_options = f" with ({options[0]})" if options else ""
        return [f"create {_word(kind)} {name}{with_options} as", *read.lines("view", oid)]
    inside = read.lines("columns", oid) + read.lines("constraints", oid)
    create = "create unlogged table" if read.lines("unlogged", oid) else "create table"
    return [f"{create} {name} (", ",\n".join(f"  {line}" for line in inside), ");"]


def _word(kind: str) -> str:
    return {"v": "view", "m": "materialized view"}.get(kind, "table")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
