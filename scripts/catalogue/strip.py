"""Takes away all that tables grant and functions do, so that the policy and function files must say it all.

Schemas and default privileges stay: they are no table's business. What a trigger or an index calls cannot be
dropped; it is left with nothing in it.
"""

from typing import Any

from psycopg import Connection

from scripts.catalogue.facts import SCHEMAS

_STATEMENTS = """
select format('drop policy %%I on %%I.%%I', policyname, schemaname, tablename)
from pg_policies where schemaname = any(%(schemas)s)
union all
select format('alter table %%s disable row level security', c.oid::regclass)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(%(schemas)s) and c.relkind in ('r', 'p')
union all
select format('revoke all on all %%s in schema %%I from public, anon, authenticated, service_role', kind, n.nspname)
from pg_namespace n, unnest(array['tables', 'sequences']) kind where n.nspname = any(%(schemas)s)
union all
select case
  when p.prorettype = 'trigger'::regtype then format(
    'create or replace function %%s returns trigger language plpgsql as %%L', p.oid::regprocedure,
    'begin return null; end')
  when exists (
    select from pg_depend d join pg_index i on i.indexrelid = d.objid
    where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_proc'::regclass and d.refobjid = p.oid
  ) then format(
    'create or replace function %%s.%%I(%%s) returns %%s language plpgsql as %%L',
    p.pronamespace::regnamespace, p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
    'begin return null; end')
  else format('drop function %%s', p.oid::regprocedure)
end
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = any(%(schemas)s)
"""


def strip(connection: Connection[Any]) -> None:
    """Drop every policy and function, turn RLS off and revoke every right, within the caller's transaction."""
    for (statement,) in connection.execute(_STATEMENTS, {"schemas": list(SCHEMAS)}).fetchall():
        connection.execute(statement)
