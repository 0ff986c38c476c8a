"""What hangs on the two tables: triggers, rules, policies, row level security, kinship, owner, grants."""

from psycopg import sql

from scripts.legacy.finding import Finding, Findings, When
from scripts.legacy.known import API_ROLES, GOING, MEMBERS, TRIGGER_FUNCTIONS
from scripts.legacy.look import Look

_TRIGGERS = """
select c.relname, t.tgname, pg_get_triggerdef(t.oid), format('%%s.%%s', n.nspname, p.proname), t.tgtype, t.tgisinternal,
  t.tgenabled = 'O'
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
join pg_proc p on p.oid = t.tgfoid
join pg_namespace n on n.oid = p.pronamespace
where t.tgrelid in {tables} and (not t.tgisinternal or t.tgenabled <> 'O')
order by c.relname, t.tgname
"""
# Bits of pg_trigger.tgtype: before the row (2), at an update (16).
_BEFORE, _UPDATE = 2, 16
_RULES = """
select c.relname, r.rulename from pg_rewrite r join pg_class c on c.oid = r.ev_class
where r.ev_class in {tables} and c.relkind in ('r', 'p') order by 1, 2
"""
_POLICIES = """
select tablename, policyname, permissive, cmd from pg_policies where schemaname = 'public' and tablename =
  any(%(names)s)
order by 1, 2
"""
_TABLES = """
select c.relname, c.relkind, c.relrowsecurity,
  (select string_agg(format('alter table %%s no inherit %%s;', i.inhrelid::regclass, i.inhparent::regclass), chr(10))
    from pg_inherits i where c.oid in (i.inhrelid, i.inhparent)),
  c.relpersistence <> 'p',
  c.relforcerowsecurity,
  c.reloftype <> 0,
  exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'),
  m.amname <> 'heap',
  not pg_has_role(c.relowner, 'USAGE')
from pg_class c left join pg_am m on m.oid = c.relam where c.oid in {tables} order by 1
"""
_OTHERS = """
select t.name, case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table'
  when 'S' then 'sequence' when 'c' then 'type' else 'index' end
from unnest(%(tables)s::text[]) t (name) join pg_class c on c.oid = to_regclass(t.name)
where c.relkind not in ('r', 'p') order by 1
"""
# Of a table, in the order of the query: why it cannot stay so, and the cure.
_ODDITIES = (
    ("It is not logged: a crash would empty it.", "{} set logged;"),
    ("Row level security is forced upon its owner, as whom our triggers run.", "{} no force row level security;"),
    ("It is a table of a type.", "{} not of;"),
    ("It belongs to an extension.", "-- alter extension NAME drop table …;"),
    ("Its access method is not Postgres's own.", "{} set access method heap;"),
    ("The connecting role has not the rights of its owner.", "-- connect as its owner, or: {} owner to current_user;"),
)
_GRANTS = """
select distinct c.relname, r.rolname, exists (
  select from pg_roles m where m.rolname = any(%(members)s) and pg_has_role(m.oid, r.oid, 'MEMBER')
)
from pg_class c
cross join lateral (
  select a.grantee from aclexplode(c.relacl) a
  union select a.grantee from pg_attribute t, aclexplode(t.attacl) a where t.attrelid = c.oid
) g
join pg_roles r on r.oid = g.grantee
where c.oid in {tables} and r.oid <> c.relowner and not r.rolsuper and r.rolname <> all(%(api)s)
order by 1, 2
"""
# What another role handed on does not go when the owner revokes it from whoever holds it now.
_HANDED_ON = """
select c.relname, g.grantor::regrole::text,
  string_agg(distinct case g.grantee when 0 then 'public' else g.grantee::regrole::text end, ', ')
from pg_class c
cross join lateral (
  select a.grantor, a.grantee from aclexplode(c.relacl) a
  union select a.grantor, a.grantee from pg_attribute t, aclexplode(t.attacl) a where t.attrelid = c.oid
) g
where c.oid in {tables} and g.grantor <> c.relowner
group by 1, 2
order by 1, 2
"""
_REPLICA_IDENTITY = """
select distinct c.relname, i.indexrelid::regclass::text
from pg_class c
join pg_index i on i.indrelid = c.oid and i.indisreplident
join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey::smallint[])
where c.oid in {tables} and c.relreplident = 'i' and a.attname = any(%(going)s)
order by 1
"""
# Ours take these names, and what was called so is called otherwise until the contract step.
_GIVES_WAY = ("select_own", "insert_own")


def triggers(look: Look) -> Findings:
    """Every trigger may do anything, and sees columns that come and go: none stays but those of `known`."""
    for table, name, definition, function, bits, is_internal, is_on in look.rows(_TRIGGERS):
        if look.is_begun and name in look.ours.triggers:
            continue
        if is_internal:
            if not is_on:
                yield Finding(
                    f"table public.{table}",
                    "The triggers of its foreign keys are switched off: rows could refer to nothing.",
                    f"alter table public.{table} enable trigger all;",
                )
                return
            continue
        if function in TRIGGER_FUNCTIONS and not bits & (_BEFORE | _UPDATE):
            continue
        yield Finding(
            f"trigger {name} on public.{table}",
            "It may use what the contract step drops, and it would run for every row that the backfill carries: "
            f"{definition}",
            f"drop trigger {_quoted(name)} on public.{table};",
        )


def rules(look: Look) -> Findings:
    """Rewrite rules."""
    for table, name in look.rows(_RULES):
        yield Finding(
            f"rule {name} on public.{table}",
            "It makes something else of what is written.",
            f"drop rule {_quoted(name)} on public.{table};",
        )


def policies(look: Look) -> Findings:
    """Policies with names of their own hold until the contract step and go with it."""
    found = look.rows(_POLICIES, names=["chat_conversations", "chat_messages"])
    present = {(table, name) for table, name, _, _ in found}
    for table, name, permissive, command in found:
        plain = name.removeprefix("legacy_")
        if not look.is_begun and name != plain and plain in _GIVES_WAY and (table, plain) in present:
            yield Finding(
                f'policy "{name}" on public.{table}',
                f"The line gives this name to {plain} until the contract step.",
                f"alter policy {name} on public.{table} rename to {name}_before;",
            )
            continue
        yield Finding(
            f'policy "{name}" on public.{table}',
            f"{permissive.capitalize()}, for {command.lower()}: it holds until the contract step, which drops it.",
            when=When.NOTE,
        )


def tables(look: Look) -> Findings:
    """The two tables themselves."""
    for name, kind in look.rows(_OTHERS):
        yield Finding(
            f"{kind} {name}",
            "It is called as one of the two tables, and is none: the line carries a table of rows only.",
            f"-- make {name} an ordinary table, or give the {kind} another name",
        )
    for name, kind, rls, kin, *facts in look.rows(_TABLES):
        thing = f"table public.{name}"
        if kind != "r":
            yield Finding(
                thing,
                "It is partitioned: the line cannot carry it.",
                f"-- make public.{name} an ordinary table",
            )
            continue
        if kin:
            yield Finding(thing, "It inherits from a table, or another one from it.", kin)
        for is_odd, (why, cure) in zip(facts, _ODDITIES, strict=True):
            if is_odd:
                yield Finding(thing, why, cure.format(f"alter table public.{name}"))
        if not rls:
            yield Finding(
                thing,
                "Row level security is off. It stays off for the old application; the contract step turns it on.",
                when=When.NOTE,
            )


def replica_identity(look: Look) -> Findings:
    """What publications tell rows apart by: without it every update and delete is refused."""
    going = [name for names in GOING.values() for name in names]
    for table, index in look.rows(_REPLICA_IDENTITY, going=going):
        yield Finding(
            f"index {index}",
            f"It is the replica identity of public.{table}, and goes with a column that the contract step drops.",
            f"alter table public.{table} replica identity default;",
        )


def grants(look: Look) -> Findings:
    """Rights of roles that are none of the API's, and rights that others than the owner gave."""
    for table, role, holders in look.rows(_HANDED_ON):
        yield Finding(
            f"rights on public.{table} that {role} gave",
            "The contract step takes rights back as the owner, which leaves these.",
            f"set role {role};\nrevoke all on public.{table} from {holders} cascade;\nreset role;",
        )
    for table, role, is_members in look.rows(_GRANTS, members=list(MEMBERS), api=list(API_ROLES)):
        thing = f"rights of {role} on public.{table}"
        if is_members:
            yield Finding(
                thing,
                "Members of the chat are members of this role, and would keep its rights.",
                f"revoke all on public.{table} from {_quoted(role)};",
            )
        else:
            yield Finding(thing, "They stay as they are.", when=When.NOTE)


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string()
