"""Keys, foreign keys and checks: of the two tables, and of others that refer to them."""

import re

import psycopg
from psycopg import sql

from scripts.legacy.finding import Finding, Findings
from scripts.legacy.known import COLUMNS, FOREIGN_KEYS, MUST_PASS, TABLES
from scripts.legacy.look import Look

_CONSTRAINTS = """
select c.relname, k.conname, k.contype, pg_get_constraintdef(k.oid), pg_get_expr(k.conbin, k.conrelid),
  array(select a.attname from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any(k.conkey) order by
    1)::text[],
  -- Keys that stand on this one: they go before it, and come back after it.
  array(select format('alter table %%s drop constraint %%I;', f.conrelid::regclass, f.conname) from pg_constraint f
    where {standing} order by f.oid),
  array(select format('alter table %%s add constraint %%I %%s;', f.conrelid::regclass, f.conname,
    pg_get_constraintdef(f.oid)) from pg_constraint f where {standing} order by f.oid)
from pg_constraint k join pg_class c on c.oid = k.conrelid
where k.conrelid in {tables} and k.contype in ('c', 'f', 'p', 'u', 'x')
order by c.relname, k.conname
""".replace("{standing}", "k.contype = 'p' and f.contype = 'f' and f.conindid = k.conindid and f.conparentid = 0")
_INCOMING = """
select k.conrelid::regclass::text, k.conname, pg_get_constraintdef(k.oid), k.confdeltype in ('c', 'n'),
  c.relname, array(select a.attname from pg_attribute a where a.attrelid = k.confrelid and a.attnum =
    any(k.confkey))::text[],
  k.conrelid::regclass::text = any(%(ours)s)
from pg_constraint k join pg_class c on c.oid = k.confrelid
where k.contype = 'f' and k.confrelid in {tables} and k.conrelid not in {tables}
  -- Those of partitions are changed with their table's.
  and k.conparentid = 0
order by 1, 2
"""

# What a column has where nothing is given. NULL: it is computed from others, or drawn from a sequence.
_DEFAULTS = """
select a.attname, case
  when a.attgenerated <> '' or a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) ~ '\\mnextval\\M' then null
  else format('(%%s)::%%s', coalesce(pg_get_expr(d.adbin, d.adrelid), 'null'), format_type(a.atttypid, a.atttypmod)) end
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = %(table)s::regclass and a.attname = any(%(names)s)
"""
_NO_REFERENCE = re.compile(
    r" ON DELETE (?:NO ACTION|RESTRICT|CASCADE|SET (?:NULL|DEFAULT)(?: \([^)]*\))?)| NOT ENFORCED$"
)


def constraints(look: Look) -> Findings:
    """Compare each constraint with the baseline's."""
    seen: dict[str, list[str]] = {table: [] for table in TABLES}
    for table, name, kind, definition, expression, names, before, after in look.rows(_CONSTRAINTS):
        seen[table].append(definition)
        if look.is_begun and (table, name) in look.ours.constraints:
            continue
        thing = f"constraint {name} on public.{table}"
        drop = f"alter table public.{table} drop constraint {sql.Identifier(name).as_string()};"
        if (table, name) in look.ours.constraints:
            yield Finding(thing, "The line makes a constraint of this name.", drop)
        elif why := _fault(look, table, kind, definition, expression, names):
            yield Finding(thing, why, "\n".join([*before, _cure(table, name, definition) or drop, *after]))
    for (table,) in look.rows("select c.relname from pg_class c where c.oid in {tables} order by 1"):
        yield from _missing(table, seen[table])


def incoming(look: Look) -> Findings:
    """Other tables that refer to rows of these two."""
    ours = sorted(look.ours.relations) if look.is_begun else []
    for other, name, definition, follows, table, key, is_ours in look.rows(_INCOMING, ours=ours):
        if is_ours or (follows and key == ["id"]):
            continue
        quoted = sql.Identifier(name).as_string()
        drop = f"alter table {other} drop constraint {quoted}"
        if key == ["id"]:
            why = "Conversations are deleted with their account, and this would refuse it."
            cure = f"{drop},\n  add constraint {quoted} {_following(definition)};"
        else:
            why = "The line keeps references to (id) alone: owners and what else stands there may change."
            cure = f"{drop};"
        said = f"It refers to public.{table} ({', '.join(key)}): {definition}. {why}"
        yield Finding(f"constraint {name} on {other}", said, cure)


def _following(definition: str) -> str:
    """The same key, following deletions; what says when it is checked stands behind."""
    key, _, when = definition.partition(" DEFERRABLE")
    key = _NO_REFERENCE.sub("", key).removesuffix(" NOT VALID")
    when = when.removesuffix(" NOT VALID")
    return f"{key} ON DELETE CASCADE" + (f" DEFERRABLE{when}" if " DEFERRABLE" in definition else "")


def _fault(look: Look, table: str, kind: str, definition: str, expression: str | None, names: list[str]) -> str:
    """Why a constraint cannot stay; nothing where it can."""
    if kind == "p":
        return "" if definition == "PRIMARY KEY (id)" else f"The line needs the key (id), and this is {definition}."
    if kind == "f":
        is_foreign = not set(names) & COLUMNS[table].keys()
        is_known = definition.startswith(FOREIGN_KEYS[table]) and not definition.endswith(("NOT VALID", "NOT ENFORCED"))
        return "" if is_foreign or is_known else f"It is {definition}: the line does not get along with it."
    if kind == "u":
        return "" if "id" in names else f"It is {definition}: what the new application writes may break it."
    # One that looks at no column by name may look at the whole row.
    if kind == "c" and names and not set(names) & COLUMNS[table].keys():
        refuses = _refuses_defaults(look, table, expression or "false", names)
        return f"It refuses a row that gives no values of its own: {definition}." if refuses else ""
    if kind == "c" and len(names) == 1 and (words := MUST_PASS.get((table, names[0]))):
        refused = _refused(look, expression or "false", names[0], words)
        return f"It refuses {', '.join(refused)}, which are written from now on: {definition}." if refused else ""
    return f"It is {definition}: what is written from now on may break it."


def _refuses_defaults(look: Look, table: str, expression: str, names: list[str]) -> bool:
    """Whether a CHECK of columns that the new application does not know refuses their defaults."""
    defaults = dict(look.rows(_DEFAULTS, table=f"public.{table}", names=names))
    if None in defaults.values():
        return False
    values = [sql.SQL("{} as {}").format(sql.SQL(value), sql.Identifier(name)) for name, value in defaults.items()]
    query = sql.SQL("select ({}) is false from (select {}) t").format(sql.SQL(expression), sql.SQL(", ").join(values))
    try:
        with look.connection.transaction():
            return look.connection.execute(query).fetchone() != (False,)
    except psycopg.Error:
        return True


def _refused(look: Look, expression: str, column: str, words: tuple[str, ...]) -> list[str]:
    """Which of these words the expression of a CHECK refuses."""
    query = sql.SQL("select w from unnest(%s::text[]) v (w), lateral (select v.w) t ({}) where not ({})").format(
        sql.Identifier(column),
        sql.SQL(expression),
    )
    try:
        with look.connection.transaction():
            return [row[0] for row in look.connection.execute(query, [list(words)]).fetchall()]
    except psycopg.Error:
        return list(words)


def _cure(table: str, name: str, definition: str) -> str:
    """What is put in the place of a key that the line needs; nothing where the constraint only has to go."""
    wanted = ""
    if definition.startswith("PRIMARY KEY"):
        wanted = "primary key (id)"
    elif definition.startswith(FOREIGN_KEYS[table]):
        wanted = f"{FOREIGN_KEYS[table]} on delete cascade"
    drop = f"alter table public.{table} drop constraint {sql.Identifier(name).as_string()}"
    return f"{drop},\n  add {wanted};" if wanted else ""


def _missing(table: str, definitions: list[str]) -> Findings:
    if not any(definition.startswith("PRIMARY KEY") for definition in definitions):
        yield Finding(
            f"table public.{table}",
            "It has no primary key; the line needs (id).",
            f"alter table public.{table} add primary key (id);",
        )
    wanted = FOREIGN_KEYS[table]
    if not any(definition.startswith(wanted) for definition in definitions):
        yield Finding(
            f"table public.{table}",
            f"It has no {wanted}: rows without an account or a conversation could not be carried.",
            f"alter table public.{table} add {wanted} on delete cascade;",
        )
