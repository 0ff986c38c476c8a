"""The server, the connecting role, and names that are taken."""

from scripts.legacy.finding import Finding, Findings, When
from scripts.legacy.known import API_ROLES, EVENT_TRIGGERS, MEMBERS, OLDEST_POSTGRES
from scripts.legacy.look import Look

_EVENT_TRIGGERS = """
select e.evtname from pg_event_trigger e
where e.evtenabled <> 'D' and e.evtname <> all(%(known)s)
  and not exists (select from pg_depend d where d.classid = 'pg_event_trigger'::regclass and d.objid = e.oid and
    d.deptype = 'e')
order by 1
"""
_SETTINGS = {
    "default_transaction_read_only": ("off", "Nothing can be written."),
    "session_replication_role": ("origin", "Triggers and foreign keys are off."),
    "row_security": ("on", "Queries fail where row level security would apply."),
    "standard_conforming_strings": ("on", "Texts of the migrations would be read differently."),
}
# Of whoever connects: a lower level is what the old application, its members and the triggers live with.
_ISOLATION = """
select case when s.setrole <> 0 then format('role %%I', r.rolname) else 'database ' || quote_ident(d.datname) end
    || case when s.setrole <> 0 and s.setdatabase <> 0 then ' in database ' || quote_ident(d.datname) else '' end,
  split_part(c, '=', 2)
from pg_db_role_setting s
cross join unnest(s.setconfig) c
left join pg_roles r on r.oid = s.setrole
left join pg_database d on d.oid = s.setdatabase
where (s.setdatabase = 0 or d.datname = current_database()) and c like 'default_transaction_isolation=%%'
  and split_part(c, '=', 2) not in ('read committed', 'read uncommitted')
order by 1
"""
_RIGHTS = (
    ("schema auth", "has_schema_privilege('auth', 'USAGE')", "grant usage on schema auth to current_user;"),
    (
        "table auth.users",
        "has_table_privilege('auth.users', 'SELECT') and has_table_privilege('auth.users', 'REFERENCES')",
        "grant select, references on auth.users to current_user;",
    ),
    (
        "schema public",
        "has_schema_privilege('public', 'USAGE') and has_schema_privilege('public', 'CREATE')",
        "grant usage, create on schema public to current_user;",
    ),
)
_HISTORY = """
select h.version || coalesce('_' || (to_jsonb(h) ->> 'name'), '') from supabase_migrations.schema_migrations h
where h.version <> all(%(ours)s) order by h.version
"""
_TAKEN = """
select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'i' then 'index' when 'S' then
  'sequence'
    when 'c' then 'type' when 'f' then 'foreign table' else 'table' end, c.oid::regclass::text, c.relname
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relname = any(%(names)s)
  -- Indexes of the two tables are looked at as such.
  and not exists (select from pg_index x where x.indexrelid = c.oid and x.indrelid in {tables})
union all
select 'type', y.oid::regtype::text, y.typname from pg_type y
where y.typnamespace = 'public'::regnamespace and y.typname = any(%(names)s) and y.typrelid = 0 and y.typelem = 0
order by 2
"""
_TAKEN_FUNCTIONS = """
select p.oid::regprocedure::text, p.proname from pg_proc p
where p.pronamespace = 'public'::regnamespace and p.proname = any(%(names)s) order by 1
"""


def server(look: Look) -> Findings:
    """Version, encoding, settings, and who is where."""
    version, encoding, is_copy = look.rows(
        "select current_setting('server_version_num')::integer / 10000, current_setting('server_encoding'),"
        " pg_is_in_recovery()"
    )[0]
    if version < OLDEST_POSTGRES:
        yield Finding(f"PostgreSQL {version}", f"The line needs {OLDEST_POSTGRES} or newer.", "-- upgrade the project")
    if encoding != "UTF8":
        yield Finding(
            f"encoding {encoding}", "The line needs UTF8.", "-- dump it and restore into a database with encoding UTF8"
        )
    if is_copy:
        yield Finding(
            "this server", "It is a copy that follows another.", "-- connect to the server that is written to"
        )
    for name, (wanted, why) in _SETTINGS.items():
        if (value := look.one("select reset_val from pg_settings where name = %(name)s", name=name)) != wanted:
            yield Finding(f"setting {name} = {value}", why, f"alter role current_user set {name} = {wanted};")
    for whose, level in look.rows(_ISOLATION):
        yield Finding(
            f"default_transaction_isolation = {level} of {whose}",
            "Writers that meet in a conversation would fail where they wait for each other now.",
            f"alter {whose} reset default_transaction_isolation;",
        )
    for (prepared,) in look.rows("select gid from pg_prepared_xacts where database = current_database() order by 1"):
        yield Finding(
            f"prepared transaction {prepared}",
            "No index can be built while it is open.",
            f"rollback prepared '{prepared}';  -- or commit prepared",
        )


def event_triggers(look: Look) -> Findings:
    """Triggers on changes of the catalogue, which could stop one half way."""
    for (name,) in look.rows(_EVENT_TRIGGERS, known=sorted(EVENT_TRIGGERS)):
        yield Finding(
            f"event trigger {name}",
            "It runs at every change of the catalogue, and may refuse one of them.",
            f'alter event trigger "{name}" disable;  -- until the contract step is done',
        )


def roles(look: Look) -> Findings:
    """The connecting role and those of the API."""
    present = {
        row[0]
        for row in look.rows("select rolname from pg_roles where rolname = any(%(names)s)", names=list(API_ROLES))
    }
    for name in API_ROLES:
        if name not in present:
            yield Finding(
                f"role {name}", "It is missing: this is no Supabase project.", f"create role {name} nologin noinherit;"
            )
    for (name,) in look.rows(
        "select rolname from pg_roles where rolname = any(%(names)s) and (rolsuper or rolbypassrls)",
        names=list(MEMBERS),
    ):
        yield Finding(f"role {name}", "No policy holds for it.", f"alter role {name} nosuperuser nobypassrls;")
    if look.one("select to_regclass('auth.users') is null or to_regprocedure('auth.uid()') is null"):
        yield Finding(
            "schema auth",
            "auth.users or auth.uid() is missing: this is no Supabase project.",
            "-- connect to the project's database",
        )
        return
    for thing, test, cure in _RIGHTS:
        if not look.one(f"select {test}"):
            yield Finding(thing, "The connecting role has not the rights that the line needs.", cure)
    if not look.is_begun and not look.one("select has_database_privilege(current_database(), 'CREATE')"):
        yield Finding(
            "this database", "The connecting role may make no schema.", "-- grant create on database NAME to ROLE;"
        )
    bound = look.rows(
        "select t.oid::regclass::text from pg_class t where t.oid in {tables} and row_security_active(t.oid)"
    )
    for (table,) in bound:
        yield Finding(
            f"table {table}",
            "Policies hold for the connecting role: it would not see every row.",
            "-- connect as the tables' owner (postgres), or as a role with BYPASSRLS",
        )


def history(look: Look) -> Findings:
    """A history of migrations of the site's own, in the table that the main line's will have."""
    if not look.one("select to_regclass('supabase_migrations.schema_migrations') is not null"):
        return
    found = look.rows(_HISTORY, ours=sorted(look.ours.versions))
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield Finding(
            "table supabase_migrations.schema_migrations",
            f"It holds {found[0][0]}{more}, of the site's own; from now on it is the chat's.",
            "alter table supabase_migrations.schema_migrations rename to schema_migrations_before;",
        )


def names(look: Look) -> Findings:
    """Schemas, tables, views and functions that are called as ours will be."""
    if look.is_begun:
        return
    for (schema,) in look.rows(
        "select nspname from pg_namespace where nspname = any(%(names)s)", names=sorted(look.ours.schemas)
    ):
        yield Finding(
            f"schema {schema}",
            "The line makes a schema of this name.",
            f"alter schema {schema} rename to {schema}_before;",
        )
    for kind, thing, name in look.rows(_TAKEN, names=sorted(look.ours.relations)):
        yield Finding(
            f"{kind} {thing}",
            "The line makes something of this name.",
            f"alter {kind} {thing} rename to before_{name};",
        )
    for thing, name in look.rows(_TAKEN_FUNCTIONS, names=sorted(look.ours.functions)):
        yield Finding(
            f"function {thing}",
            "The line makes a function of this name.",
            f"alter routine {thing} rename to before_{name};",
        )


def publications(look: Look) -> Findings:
    """Who gets a copy of every change."""
    for name, table in look.rows(
        "select p.pubname, r.prrelid::regclass::text"
        " from pg_publication_rel r join pg_publication p on p.oid = r.prpubid"
        " where r.prrelid in {tables} order by 1, 2"
    ):
        yield Finding(
            f"publication {name}", f"It sends {table}: its listeners see the columns come and go.", when=When.NOTE
        )
