"""What elsewhere in the database uses the two tables: views, functions, policies, columns, jobs."""

from scripts.legacy.finding import Finding, Findings, When
from scripts.legacy.known import COLUMNS, GOING, MEMBERS, TABLES
from scripts.legacy.look import Look

# Views stand on views: those on top come first, since nothing can be dropped from under them.
_VIEWS = """
with recursive on_tables (view, base, is_going, depth) as (
  select r.ev_class, null::oid, coalesce(a.attname = any(%(going)s)
      or format('%%s.%%s', d.refobjid::regclass, a.attname) = any(%(known)s)
        and format('%%s.%%s %%s', d.refobjid::regclass, a.attname, format_type(a.atttypid, a.atttypmod))
          <> all(%(kinds)s),
    false), 1
  from pg_depend d
  join pg_rewrite r on r.oid = d.objid
  left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid and d.refobjsubid > 0
  where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid in {tables}
  union
  select r.ev_class, o.view, false, o.depth + 1
  from on_tables o
  join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = o.view
  join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid and r.ev_class <> o.view
  where o.depth < 50
)
select v.oid::regclass::text, v.relkind = 'm', bool_or(o.is_going),
  coalesce('security_invoker=true' = any(v.reloptions) or 'security_invoker=on' = any(v.reloptions), false),
  exists (select from unnest(%(members)s::text[]) m where has_any_column_privilege(m, v.oid, 'SELECT, INSERT, UPDATE')
    or has_table_privilege(m, v.oid, 'DELETE')),
  coalesce(array_agg(distinct o.base::regclass::text) filter (where o.base is not null), '{}'), v.relname
from on_tables o join pg_class v on v.oid = o.view
where v.relkind in ('v', 'm') and not (v.relnamespace = 'public'::regnamespace and v.relname = any(%(names)s))
group by v.oid, v.relname, v.relkind, v.reloptions
order by max(o.depth), 1
"""
# Of what depends on a column that goes, indexes, checks and statistics of the table itself go with it; policies of
# the two
# tables go before it. Views, functions and triggers are looked at as such.
_DEPENDENTS = """
select distinct a.attname,
  case
    when p.oid is not null then format('policy %%I on %%s', p.polname, p.polrelid::regclass)
    when g.attname is not null then format('column %%I of public.%%I', g.attname, c.relname)
    when b.oid is not null then format('publication %%I', b.pubname)
    else pg_describe_object(d.classid, d.objid, d.objsubid)
  end,
  case
    when p.oid is not null then format('drop policy %%I on %%s;', p.polname, p.polrelid::regclass)
    when g.attgenerated = 's' then format('alter table public.%%I alter column %%I drop expression if exists;',
      c.relname, g.attname)
    when g.attname is not null then format('alter table public.%%I drop column if exists %%I;', c.relname,
      g.attname)
    when b.oid is not null then format(
      'alter publication %%1$I drop table public.%%2$I;' || chr(10) || 'alter publication %%1$I add table
        public.%%2$I;', b.pubname, c.relname)
    else '-- drop it, or write it anew without the column'
  end
from pg_depend d
join pg_class c on c.oid = d.refobjid
join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
left join pg_policy p on d.classid = 'pg_policy'::regclass and p.oid = d.objid
left join pg_attrdef f on d.classid = 'pg_attrdef'::regclass and f.oid = d.objid
-- On some versions it is the column itself that depends, on others its expression.
left join pg_attribute g on g.attrelid = d.refobjid and g.attgenerated <> '' and g.attnum = coalesce(f.adnum,
  case when d.classid = 'pg_class'::regclass and d.objid = d.refobjid then d.objsubid end)
left join pg_publication_rel r on d.classid = 'pg_publication_rel'::regclass and r.oid = d.objid
left join pg_publication b on b.oid = r.prpubid
where d.refclassid = 'pg_class'::regclass and d.refobjid in {tables} and a.attname = any(%(going)s)
  and d.classid not in ('pg_constraint'::regclass, 'pg_statistic_ext'::regclass, 'pg_rewrite'::regclass,
    'pg_trigger'::regclass, 'pg_proc'::regclass)
  and not (d.classid = 'pg_class'::regclass and d.deptype = 'a' and g.attname is null)
  and (p.oid is null or p.polrelid not in {tables})
  and (f.oid is null or f.adnum <> a.attnum)
order by 2
"""
_FUNCTIONS = """
select distinct p.oid::regprocedure::text, p.prokind, exists (
    select from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_class'::regclass
      and d.refobjid in {tables} and a.attname = any(%(going)s)),
  array(
    select distinct case
      when t.oid is not null then format('drop trigger %%I on %%s;', t.tgname, t.tgrelid::regclass)
      when o.oid is not null then format('drop policy %%I on %%s;', o.polname, o.polrelid::regclass)
      else format('-- first drop %%s', pg_describe_object(u.classid, u.objid, u.objsubid)) end
    from pg_depend u
    left join pg_trigger t on u.classid = 'pg_trigger'::regclass and t.oid = u.objid
    left join pg_policy o on u.classid = 'pg_policy'::regclass and o.oid = u.objid
    where u.refclassid = 'pg_proc'::regclass and u.refobjid = p.oid and u.deptype in ('n', 'a')
    order by 1)
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%%'
  and not (n.nspname = any(%(schemas)s)) and not (n.nspname = 'public' and p.proname = any(%(ours)s))
  and (
    p.prosrc ~ '\\mchat_(conversations|messages)\\M'
    or exists (select from pg_depend d left join pg_type y on d.refclassid = 'pg_type'::regclass and y.oid = d.refobjid
      where d.classid = 'pg_proc'::regclass and d.objid = p.oid
        and (d.refclassid = 'pg_class'::regclass and d.refobjid in {tables} or y.typrelid in {tables}))
  )
order by 1
"""
_ROW_TYPES = """
select c.oid::regclass::text, a.attname, c.relkind = 'm' from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_type y on y.oid = a.atttypid
left join pg_type e on e.oid = y.typelem and y.typelem <> 0
where coalesce(e.typrelid, y.typrelid) in {tables} and c.relkind in ('r', 'p', 'm', 'f') and not a.attisdropped
order by 1, 2
"""
_SUBSCRIBED = "select s.srrelid::regclass::text from pg_subscription_rel s where s.srrelid in {tables} order by 1"
_JOBS = """
select jobid, coalesce(jobname, jobid::text), command from cron.job
where command ~ '\\mchat_(conversations|messages)\\M' order by 1
"""


def views(look: Look) -> Findings:
    """Views, materialised or not."""
    gone = [name for names in GOING.values() for name in names]
    known = {f"{table}.{name}": kind for table, columns in COLUMNS.items() for name, kind in columns.items()}
    kinds = [f"{column} {kind}" for column, kind in known.items()]
    told: list[Finding] = []
    dropped: set[str] = set()
    for view, is_material, uses_going, is_invoker, is_open, bases, name in look.rows(
        _VIEWS, going=gone, members=list(MEMBERS), names=list(TABLES), known=list(known), kinds=kinds
    ):
        if look.is_begun and name in look.ours.relations:
            continue
        kind = "materialized view" if is_material else "view"
        if uses_going:
            why = "It uses a column that the contract step drops, or one whose type must change."
        elif is_open and not is_invoker:
            why = "Members may use it, and it shows them what its owner sees: past every policy."
        elif below := sorted(dropped.intersection(bases)):
            why = f"It stands on {', '.join(below)}, which cannot stay."
        else:
            continue
        dropped.add(view)
        told.append(Finding(f"{kind} {view}", why, f"drop {kind} {view};"))
    yield from reversed(told)


def dependents(look: Look) -> Findings:
    """Whatever else hangs on a column that goes: policies of other tables, generated columns, publications."""
    gone = [name for names in GOING.values() for name in names]
    for column, thing, cure in look.rows(_DEPENDENTS, going=gone):
        yield Finding(thing, f"It uses {column}, which the contract step drops.", cure)


def functions(look: Look) -> Findings:
    """Functions that name the tables. The old application may call them until its last day; not after it."""
    schemas = sorted(look.ours.schemas) if look.is_begun else []
    ours = sorted(look.ours.functions) if look.is_begun else []
    kinds = {"p": "procedure", "a": "aggregate"}
    going = [name for names in GOING.values() for name in names]
    for name, kind, uses_going, first in look.rows(_FUNCTIONS, schemas=schemas, ours=ours, going=going):
        word = kinds.get(kind, "function")
        drop = "\n".join([*first, f"drop {word} {name};"])
        if uses_going:
            yield Finding(
                f"{word} {name}",
                "Its body holds a column that the contract step drops, which Postgres refuses while it is there: it "
                "cannot be accepted.",
                drop,
                When.BEFORE_CONTRACT,
                may_be_accepted=False,
            )
            continue
        yield Finding(
            f"{word} {name}",
            "It names the chat's tables: without their old columns it may fail, or let people do what they may not.",
            f"{drop}\n-- or, where it is right with the tables to come: --accept '{word} {name}'",
            When.BEFORE_CONTRACT,
        )


def row_types(look: Look) -> Findings:
    """Columns elsewhere that hold a whole row of one of the tables."""
    for table, column, is_material in look.rows(_ROW_TYPES):
        yield Finding(
            f"column {column} of {table}",
            "It holds rows of the chat's tables, which cannot change then.",
            f"drop materialized view if exists {table};"
            if is_material
            else f"alter table {table} alter column {column} type jsonb using to_jsonb({column});",
        )


def replicas(look: Look) -> Findings:
    """Tables that another database fills."""
    for (table,) in look.rows(_SUBSCRIBED):
        yield Finding(
            f"table {table}",
            "A subscription fills it, past every trigger.",
            "-- drop the subscription, or migrate the database that publishes",
        )


def jobs(look: Look) -> Findings:
    """Jobs of pg_cron that name the tables."""
    if not look.one("select to_regclass('cron.job') is not null and has_table_privilege('cron.job', 'select')"):
        return
    for number, name, command in look.rows(_JOBS):
        yield Finding(
            f"job {name}",
            f"It names the chat's tables ({', '.join(table for table in TABLES if table in command)}).",
            f"select cron.unschedule({number});\n-- or, where it is right with today's tables: --accept 'job {name}'",
            When.BEFORE_CONTRACT,
        )
