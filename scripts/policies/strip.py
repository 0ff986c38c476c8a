"""Takes away all that tables and functions of the product grant, so that the policy files must say it all.

Schemas and default privileges stay: they are no table's business.
"""

from typing import Any

from psycopg import Connection

from scripts.policies.snapshot import SCHEMAS

_STATEMENTS = """
select format('drop policy %%I on %%I.%%I', policyname, schemaname, tablename)
from pg_policies where schemaname = any(%(schemas)s)
union all
select format('alter table %%s disable row level security', c.oid::regclass)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any(%(schemas)s) and c.relkind in ('r', 'p')
union all
select format('revoke all on all %%s in schema %%I from public, anon, authenticated, service_role', kind, n.nspname)
from pg_namespace n, unnest(array['tables', 'sequences', 'functions']) kind where n.nspname = any(%(schemas)s)
"""


def strip(connection: Connection[Any]) -> None:
    """Drop every policy, turn RLS off and revoke every right, within the caller's transaction."""
    for (statement,) in connection.execute(_STATEMENTS, {"schemas": list(SCHEMAS)}).fetchall():
        connection.execute(statement)
