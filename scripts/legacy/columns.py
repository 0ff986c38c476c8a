"""The columns of the two tables: types, NOT NULLs, defaults, and columns that the baseline does not have."""

from typing import Any

import psycopg
from psycopg import sql

from scripts.legacy.finding import Finding, Findings
from scripts.legacy.known import COLUMNS, DEFAULTS, FOREIGN_KEYS, MUST_HAVE_DEFAULT, REQUIRED, TABLES
from scripts.legacy.look import Look
from scripts.legacy.retyping import retype

_COLUMNS = """
select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), y.typtype, a.attnotnull, a.attgenerated <> '',
  a.attidentity <> '', pg_get_expr(d.adbin, d.adrelid), coalesce(not l.collisdeterministic, false),
  -- From Postgres 18 a NOT NULL may be NOT VALID: rows to come obey it, those that are there need not.
  exists (select from pg_constraint k where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey[1] = a.attnum
    and not k.convalidated),
  exists (select from pg_depend u join pg_attribute r on r.attrelid = u.refobjid and r.attnum = u.refobjsubid
    where a.attgenerated <> '' and u.refclassid = 'pg_class'::regclass and u.refobjid = a.attrelid
      and r.attname = 'content'
      and (u.classid = 'pg_attrdef'::regclass and u.objid = d.oid
        or u.classid = 'pg_class'::regclass and u.objid = a.attrelid and u.objsubid = a.attnum))
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_type y on y.oid = a.atttypid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join pg_collation l on l.oid = a.attcollation
where a.attrelid in {tables} and a.attnum > 0 and not a.attisdropped
order by c.relname, a.attnum
"""
_WORDS = {"e": "an enum", "d": "a domain"}


def lonely(look: Look) -> Findings:
    """One of the two tables without the other: the baseline makes both, or finds both."""
    there = [name for name in TABLES if look.one("select to_regclass(%(name)s) is not null", name=f"public.{name}")]
    for table in set(TABLES) - set(there) if there else ():
        made = [f"{name} {_definition(table, name)}" for name in COLUMNS[table]]
        # Where there are no rows yet, it may be asked for.
        made = [f"{one} not null" if one in {"conversation_id uuid", "content text"} else one for one in made]
        cure = (
            f"create table public.{table} (\n  {', '.join(made)},\n"
            f"  primary key (id), {FOREIGN_KEYS[table]} on delete cascade\n);"
            f"\nalter table public.{table} enable row level security;"
        )
        if table == "chat_conversations":
            # Whose they are is said by a rule then: the backfill asks for it.
            cure += (
                "\ninsert into public.chat_conversations (id)"
                " select distinct conversation_id from public.chat_messages where conversation_id is not null;"
            )
        yield Finding(f"table public.{table}", f"It is missing, and public.{there[0]} is there.", cure)


def columns(look: Look) -> Findings:
    """Compare each column with the baseline's."""
    found: dict[str, set[str]] = {}
    retyped: dict[str, str] = {}
    for table, name, *facts in look.rows(_COLUMNS):
        found.setdefault(table, set()).add(name)
        if name in COLUMNS[table]:
            yield from _of_the_baseline(look, retyped, table, name, *facts)
        elif not (look.is_begun and (table, name) in look.ours.columns):
            yield from _foreign(look, table, name, *facts)
    for table, present in found.items():
        for name in COLUMNS[table].keys() - present:
            yield Finding(
                f"column {name} of public.{table}",
                "It is missing, and the line needs it.",
                f"alter table public.{table} add column {name} {_definition(table, name)};",
            )


def _of_the_baseline(
    look: Look,
    retyped: dict[str, str],
    table: str,
    name: str,
    kind: str,
    class_: str,
    is_required: bool,
    is_generated: bool,
    is_identity: bool,
    default: str | None,
    is_odd: bool,
    is_unproved: bool,
    reads_text: bool,  # noqa: ARG001 - it is generated then, which says enough
) -> Findings:
    thing, wanted = f"column {name} of public.{table}", COLUMNS[table][name]
    alter = f"alter table public.{table} alter column {name}"
    if is_generated or is_identity:
        what = "identity" if is_identity else "expression"
        yield Finding(thing, "It is generated, and the line writes it.", f"{alter} drop {what};")
        return
    if kind != wanted:
        what = f"{kind}, {_WORDS[class_]}" if class_ in _WORDS else kind
        retyped.pop(kind, None)
        retyped[kind] = wanted
        cure = retype(look, table, name, default, retyped)
        yield Finding(thing, f"It is {what}; the line carries {wanted}.", cure)
        return
    if is_odd:
        yield Finding(
            thing,
            "Its collation is not deterministic: texts that differ would count as equal.",
            f'{alter} type {wanted} collate "default";',
        )
    if (table, name) in REQUIRED and (is_unproved or not is_required):
        yield Finding(
            thing,
            "It may be NULL, and a row without it has no place.",
            f"-- first mend or delete the rows: select id from public.{table} where {name} is null;\n"
            f"{alter} set not null;",
        )
    if (table, name) in DEFAULTS and default not in DEFAULTS[table, name]:
        wish = "no default" if None in DEFAULTS[table, name] else "a default that it knows"
        yield Finding(thing, f"Its default is {default or 'missing'}; the line needs {wish}.", _default(table, name))
    elif is_required and default is None and (table, name) in MUST_HAVE_DEFAULT:
        yield Finding(
            thing, "It must be given, and the new application does not give it.", f"{alter} set default now();"
        )


def _foreign(
    look: Look,
    table: str,
    name: str,
    kind: str,
    class_: str,
    is_required: bool,
    is_generated: bool,
    is_identity: bool,
    default: str | None,
    is_odd: bool,  # noqa: ARG001
    is_unproved: bool,  # noqa: ARG001
    reads_text: bool,
) -> Findings:
    quoted = sql.Identifier(name).as_string()
    thing = f"column {name} of public.{table}"
    if (table, name) in look.ours.columns:
        yield Finding(
            thing,
            "The line makes a column of this name, and would take this one for its own.",
            f"alter table public.{table} rename column {name} to legacy_{name};",
        )
    elif is_required and default is None and not is_generated and not is_identity:
        yield Finding(
            thing,
            "It must be given, and the new application does not know it.",
            f"alter table public.{table} alter column {quoted} drop not null;",
        )
    elif is_required and reads_text:
        yield Finding(
            thing,
            "It is made of content and must not be NULL; chips and forms of the new application have no text.",
            f"alter table public.{table} alter column {quoted} drop not null;",
        )
    elif class_ == "d" and default is None and not is_generated and _refuses_null(look, kind):
        yield Finding(
            thing,
            f"It must be given, and the new application does not know it: {kind} is a domain that refuses NULL.",
            f"alter table public.{table} alter column {quoted} type text;",
        )


def _refuses_null(look: Look, domain: str) -> bool:
    """Whether a column of this domain must be given."""
    try:
        with look.connection.transaction():
            look.connection.execute(f"select null::{domain}".encode())
    except psycopg.Error:
        return True
    return False


def _default(table: str, name: str) -> str:
    alter = f"alter table public.{table} alter column {name}"
    wanted: dict[str, Any] = {"id": "gen_random_uuid()", "status": "'active'"}
    return f"{alter} set default {wanted[name]};" if name in wanted else f"{alter} drop default;"


def _definition(table: str, name: str) -> str:
    extra = {
        "id": " not null default gen_random_uuid()",
        "updated_at": " not null default now()",
        "created_at": " not null default now()",
        "is_read": " not null default false",
        "status": " not null default 'active'",
    }
    return COLUMNS[table][name] + extra.get(name, "")
