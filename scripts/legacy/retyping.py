"""The cure of a column that has another type: what hangs on the type goes, the type changes, and it all comes back.

Policies stand in the way whatever they say; checks, indexes and defaults where they hold a cast to the old type. All of
it is one transaction: nobody meets the table without a policy. Views and triggers are findings of their own.
"""

import re

from scripts.legacy.known import COLUMNS
from scripts.legacy.look import Look

_COLUMN = """
d.refclassid = 'pg_class'::regclass and d.refobjid = to_regclass(%(table)s) and d.refobjsubid =
  (select attnum from pg_attribute where attrelid = to_regclass(%(table)s) and attname = %(name)s)
"""
_POLICIES = """
select format('drop policy %%I on %%s;', p.polname, p.polrelid::regclass),
  format('create policy %%I on %%s as %%s for %%s to %%s%%s%%s;', p.polname, p.polrelid::regclass,
    case when p.polpermissive then 'permissive' else 'restrictive' end,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
      else 'all' end,
    (select string_agg(case r when 0 then 'public' else r::regrole::text end, ', ') from unnest(p.polroles) r),
    ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
    ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
from pg_policy p
where exists (select from pg_depend d where d.classid = 'pg_policy'::regclass and d.objid = p.oid and {column})
order by 1
"""
_CHECKS = """
select format('alter table %%s drop constraint %%I;', k.conrelid::regclass, k.conname),
  format('alter table %%s add constraint %%I %%s;', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
from pg_constraint k
where k.contype = 'c'
  and exists (select from pg_depend d where d.classid = 'pg_constraint'::regclass and d.objid = k.oid and {column})
order by 1
"""
_INDEXES = """
select format('drop index %%s;', x.indexrelid::regclass), pg_get_indexdef(x.indexrelid) || ';'
from pg_index x
where not exists (select from pg_constraint k where k.conindid = x.indexrelid)
  and exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = x.indexrelid and {column})
order by 1
"""
# What is computed from it becomes a column of its own; a virtual one (Postgres 18) is no column then, and goes.
_COMPUTED = """
select case g.attgenerated
    when 's' then format('alter table %%s alter column %%I drop expression if exists;', g.attrelid::regclass, g.attname)
    else format('alter table %%s drop column if exists %%I;', g.attrelid::regclass, g.attname) end, ''
from pg_attribute g left join pg_attrdef f on f.adrelid = g.attrelid and f.adnum = g.attnum
where g.attrelid = to_regclass(%(table)s) and g.attgenerated <> '' and exists (
  select from pg_depend d where {column} and (d.classid = 'pg_attrdef'::regclass and d.objid = f.oid
    or d.classid = 'pg_class'::regclass and d.objid = g.attrelid and d.objsubid = g.attnum))
order by 1
"""
_LITERAL = re.compile(r"""('(?:[^']|'')*')::[\w ."()]+""")


def retype(look: Look, table: str, name: str, default: str | None, kinds: dict[str, str]) -> str:
    """Return the statements.

    Arguments:
        kinds: old type -> new one, of this column and of those that were retyped before it.
    """
    wanted = COLUMNS[table][name]
    kind = next(reversed(kinds))
    if wanted == "uuid":
        return f"-- the line carries keys of type uuid only: give public.{table} such a key, and its references with it"
    how = f"{name}::text::{wanted}" if wanted != "text" else f"{name}::text"
    if wanted.startswith("timestamp"):
        how = f"{name} at time zone 'UTC'" if kind.startswith("timestamp") else f"{name}::timestamptz"
    parts = [f"alter column {name} type {wanted} using {how}"]
    if default is not None:
        # A default of the old type stands in the way of the new one.
        parts = [
            f"alter column {name} drop default",
            *parts,
            f"alter column {name} set default {_new_default(table, name, default, kinds)}",
        ]
    alter = f"alter table public.{table}\n  " + ",\n  ".join(parts) + ";"
    before, after = _hanging(look, table, name, kinds)
    return "\n".join(["begin;", *before, alter, *after, "commit;"]) if before else alter


def _hanging(look: Look, table: str, name: str, kinds: dict[str, str]) -> tuple[list[str], list[str]]:
    """What drops that which hangs on the type, and what makes it again."""
    found = [
        (drop, _recast(make, kinds), query in (_POLICIES, _COMPUTED) or _recast(make, kinds) != make)
        for query in (_POLICIES, _CHECKS, _INDEXES, _COMPUTED)
        for drop, make in look.rows(query.replace("{column}", _COLUMN), table=f"public.{table}", name=name)
    ]
    told = [(drop, make) for drop, make, stands_in_the_way in found if stands_in_the_way]
    return [drop for drop, _ in told], [make for _, make in reversed(told) if make]


def _recast(expression: str, kinds: dict[str, str]) -> str:
    """The expression with casts to the new types; times compare with times of either kind."""
    for kind, wanted in kinds.items():
        if wanted == "text":
            expression = re.sub(rf"::{re.escape(kind)}(?!\w)", "::text", expression)
    return expression


def _new_default(table: str, name: str, default: str, kinds: dict[str, str]) -> str:
    if literal := _LITERAL.fullmatch(default):
        default = literal[1]
    if COLUMNS[table][name] == "text" and (literal or name != "status"):
        return _recast(default, kinds)
    return {"status": "'active'", "is_read": "false"}.get(name, "now()")
