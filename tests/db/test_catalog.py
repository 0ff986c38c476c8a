"""The catalog read as a reviewer would: everything is explained, nothing runs with more rights than it needs."""

from typing import Any

import pytest
from psycopg import Connection

SCHEMAS = ["public", "private", "guard"]

UNCOMMENTED = {
    "tables and views": """
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = any(%s::regnamespace[]) and c.relkind in ('r', 'p', 'v', 'm')
          and obj_description(c.oid, 'pg_class') is null""",
    "columns of tables": """
        select c.oid::regclass || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = any(%s::regnamespace[]) and c.relkind in ('r', 'p') and a.attnum > 0
          and not a.attisdropped and col_description(c.oid, a.attnum) is null""",
    "columns of views": """
        select c.oid::regclass || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = any(%s::regnamespace[]) and c.relkind in ('v', 'm') and a.attnum > 0
          and not a.attisdropped and col_description(c.oid, a.attnum) is null""",
    "functions": """
        select p.oid::regprocedure::text from pg_proc p
        where p.pronamespace = any(%s::regnamespace[]) and obj_description(p.oid, 'pg_proc') is null""",
    "schemas": """
        select n.nspname from pg_namespace n
        where n.oid = any(%s::regnamespace[]) and obj_description(n.oid, 'pg_namespace') is null""",
}
# Supabase's advisors, in the words of their own queries.
ADVISORS = {
    "tables without row level security": """
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = any(%s::regnamespace[]) and c.relkind in ('r', 'p') and not c.relrowsecurity""",
    "row level security without a policy": """
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = any(%s::regnamespace[]) and c.relkind in ('r', 'p') and c.relrowsecurity
          and not exists (select from pg_policy p where p.polrelid = c.oid)
          -- The service's own tables need none: nobody else has a right to them that a policy could narrow.
          and (has_table_privilege('authenticated', c.oid, 'select, insert, update, delete')
            or has_any_column_privilege('authenticated', c.oid, 'select, insert, update'))""",
    "policies that ask auth.uid() for every row": """
        select schemaname || '.' || tablename || '.' || policyname from pg_policies
        where schemaname::regnamespace = any(%s::regnamespace[])
          and regexp_replace(coalesce(qual, '') || coalesce(with_check, ''), 'SELECT (auth|current_setting)', '', 'gi')
            ~ '(auth\\.\\w+|current_setting)\\('""",
    "several permissive policies for one role and action": """
        select p.tablename || ' ' || r || ' ' || c from pg_policies p, unnest(p.roles) r,
          unnest(case p.cmd when 'ALL' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE'] else array[p.cmd] end) c
        where p.schemaname::regnamespace = any(%s::regnamespace[]) and p.permissive = 'PERMISSIVE'
        group by p.tablename, r, c having count(*) > 1""",
    "policies for anon or for everybody": """
        select tablename || '.' || policyname from pg_policies
        where schemaname::regnamespace = any(%s::regnamespace[]) and roles && '{anon,public}'::name[]""",
    "functions with a search_path that can be moved": """
        select p.oid::regprocedure::text from pg_proc p
        where p.pronamespace = any(%s::regnamespace[])
          and not coalesce(p.proconfig, '{}') && array['search_path=""', 'search_path=pg_catalog']""",
    "functions with their owner's rights that somebody may run": """
        select p.oid::regprocedure::text from pg_proc p, pg_roles r
        where p.pronamespace = any(%s::regnamespace[]) and p.prosecdef
          and r.rolname in ('anon', 'authenticated', 'service_role')
          and has_function_privilege(r.oid, p.oid, 'execute')""",
    "views with their owner's rights": """
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = any(%s::regnamespace[]) and c.relkind = 'v'
          and not coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on']""",
    "materialized views": """
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = any(%s::regnamespace[]) and c.relkind = 'm'""",
    "tables without a primary key": """
        select c.oid::regclass::text from pg_class c
        where c.relnamespace = any(%s::regnamespace[]) and c.relkind in ('r', 'p')
          and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)""",
    "indexes that are there twice": """
        select min(i.indexrelid::regclass::text) from pg_index i join pg_class c on c.oid = i.indrelid
        where c.relnamespace = any(%s::regnamespace[])
        group by i.indrelid, i.indkey::text, i.indclass::text, coalesce(pg_get_expr(i.indpred, i.indrelid), ''),
          coalesce(pg_get_expr(i.indexprs, i.indrelid), '')
        having count(*) > 1""",
    "constraints that were never validated": """
        select conrelid::regclass || '.' || conname from pg_constraint
        where connamespace = any(%s::regnamespace[]) and not convalidated""",
    "extensions among the tables": """
        select e.extname from pg_extension e where e.extnamespace = any(%s::regnamespace[])""",
}
UNINDEXED = """
    select f.conname from pg_constraint f
    where f.contype = 'f' and f.connamespace = any(%s::regnamespace[])
      and not exists (
        select from pg_index i
        where i.indrelid = f.conrelid
          -- Where it is null nobody looks for it.
          and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) in (
            select format('(%%I IS NOT NULL)', a.attname) from pg_attribute a
            where a.attrelid = f.conrelid and a.attnum = any(f.conkey)))
          and (i.indkey::smallint[])[0:cardinality(f.conkey) - 1] @> f.conkey)
"""
# A flow is never deleted or renamed, so nothing ever looks for the conversations of one.
ALLOWED_UNINDEXED = {"chat_conversations_flow_version_fkey"}


def names(db: Connection[Any], query: str) -> list[str]:
    return sorted(row[0] for row in db.execute(query, [SCHEMAS]))


@pytest.mark.parametrize("what", UNCOMMENTED)
def test_everything_says_what_it_is_for(db: Connection[Any], what: str) -> None:
    assert names(db, UNCOMMENTED[what]) == []


@pytest.mark.parametrize("finding", ADVISORS)
def test_the_advisors_find_nothing(db: Connection[Any], finding: str) -> None:
    assert names(db, ADVISORS[finding]) == []


def test_foreign_keys_are_indexed(db: Connection[Any]) -> None:
    assert set(names(db, UNINDEXED)) <= ALLOWED_UNINDEXED


def test_only_triggers_that_nobody_can_call_run_with_their_owners_rights(db: Connection[Any]) -> None:
    definers = "select oid::regprocedure::text from pg_proc where pronamespace = any(%s::regnamespace[]) and prosecdef"
    assert names(db, definers) == [
        "private.follow_conversation()",
        "private.keep_terms()",
        "private.know_account()",
        "private.make_contact()",
        "private.note_gone()",
        "private.place_message()",
        "private.tell_message()",
        "private.tell_others()",
    ]


def test_the_private_schema_is_closed(db: Connection[Any]) -> None:
    roles = db.execute(
        "select rolname from pg_roles where rolname in ('anon', 'authenticated', 'service_role', 'authenticator')"
        " and has_schema_privilege(oid, 'private', 'usage, create')"
    ).fetchall()
    assert roles == []


def test_the_legacy_columns_are_gone(db: Connection[Any]) -> None:
    legacy = db.execute(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = 'public' and (table_name, column_name) in"
        " (('chat_messages', 'type'), ('chat_messages', 'is_read'))"
    ).fetchall()
    assert legacy == []


def test_the_advisors_would_notice(db: Connection[Any]) -> None:
    db.execute("""
        create table public.bad (id bigint, flow text references public.chat_flows);
        create table public.worse (id bigint primary key);
        alter table public.worse enable row level security;
        create policy a on public.worse for select using (auth.uid() is not null);
        create policy b on public.worse for all to public using (true);
        create view public.open as select * from public.bad;
        create materialized view public.kept as select * from public.bad;
        create function public.loose() returns int language sql security definer return 1;
        grant execute on function public.loose() to anon;
        create index one on public.bad (id); create index two on public.bad (id);
        alter table public.bad add constraint positive check (id > 0) not valid;
        create table public.empty (id bigint primary key);
        alter table public.empty enable row level security;
        grant select on public.empty to authenticated;
    """)
    silent = [what for what, query in ADVISORS.items() if not names(db, query)]
    assert silent == ["extensions among the tables"]
    assert "bad_flow_fkey" in names(db, UNINDEXED)
    assert [what for what, query in UNCOMMENTED.items() if not names(db, query)] == ["schemas"]
