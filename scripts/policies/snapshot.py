"""Reads policies, RLS flags, grants and default privileges of the product's schemas from the catalog."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

from scripts.migrations.errors import MigrationError
from scripts.migrations.statements import split

SCHEMAS = ("public", "private", "guard")

# One entry a fact: the object it is about, and the fact as text.
Snapshot = frozenset[tuple[str, str]]

_ACL = """
   coalesce(pg_get_userbyid(nullif(a.grantee, 0)), 'public') || ' may ' || lower(a.privilege_type)
   || case when a.is_grantable then ' and grant it' else '' end
"""

_QUERIES = (
    # Policies, each with all that it says.
    """
    select format('table %%s.%%s', schemaname, tablename),
       format('policy %%s: %%s for %%s to %%s using (%%s) with check (%%s)',
          policyname, lower(permissive), lower(cmd), array_to_string(roles, ', '), qual, with_check)
    from pg_policies where schemaname = any(%(schemas)s)
    """,
    """
    select format('table %%s', c.oid::regclass),
       format('row level security %%s%%s', case when c.relrowsecurity then 'on' else 'off' end,
          case when c.relforcerowsecurity then ', forced' else '' end)
    from pg_class c where c.relnamespace = any(%(oids)s) and c.relkind in ('r', 'p')
    """,
    """
    select format('%%s %%s', case c.relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end,
       c.oid::regclass), """
    + _ACL
    + """
    from pg_class c, aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char",
       c.relowner))) a
    where c.relnamespace = any(%(oids)s) and c.relkind in ('r', 'p', 'v', 'm', 'S') and a.grantee <> c.relowner
    """,
    """
    select format('column %%s.%%s', c.oid::regclass, t.attname), """
    + _ACL
    + """
    from pg_attribute t join pg_class c on c.oid = t.attrelid, aclexplode(t.attacl) a
    where c.relnamespace = any(%(oids)s) and a.grantee <> c.relowner
    """,
    """
    select format('function %%s', p.oid::regprocedure), """
    + _ACL
    + """
    from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    where p.pronamespace = any(%(oids)s) and a.grantee <> p.proowner
    """,
    """
    select format('function %%s', p.oid::regprocedure),
       format('runs as its %%s, owner %%s, settings %%s', case when p.prosecdef then 'owner' else 'caller' end,
          pg_get_userbyid(p.proowner), p.proconfig)
    from pg_proc p where p.pronamespace = any(%(oids)s)
    """,
    """
    select format('schema %%s', n.nspname), """
    + _ACL
    + """
    from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
    where n.oid = any(%(oids)s) and a.grantee <> n.nspowner
    """,
    """
    select format('new objects (%%s) of %%s in %%s', d.defaclobjtype, pg_get_userbyid(d.defaclrole),
       coalesce(n.nspname, 'every schema')), """
    + _ACL
    + """
    from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
    where (n.oid is null or n.oid = any(%(oids)s)) and a.grantee <> d.defaclrole
    """,
)


def snapshot(connection: Connection[Any]) -> Snapshot:
    """Return every fact about who may do what in the product's schemas."""
    schemas = list(SCHEMAS)
    oids = [
        row[0]
        for row in connection.execute("select oid from pg_namespace where nspname = any(%s)", [schemas]).fetchall()
    ]
    facts: set[tuple[str, str]] = set()
    for query in _QUERIES:
        facts.update(connection.execute(query, {"schemas": schemas, "oids": oids}).fetchall())
    return frozenset(facts)


def apply_files(connection: Connection[Any], folder: Path) -> None:
    """Run the SQL files of a folder, in the order of their names, within the caller's transaction.

    Raises MigrationError with the file and the line where one fails.
    """
    for file in sorted(folder.glob("*.sql")):
        for statement in split(file.read_text(encoding="utf-8")):
            try:
                connection.execute(statement.text.encode())
            except psycopg.Error as error:
                raise MigrationError(f"{file.name}, line {statement.line}: {error.diag.message_primary}") from None
