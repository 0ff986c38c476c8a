"""Indexes of the two tables: what is in the way of rows to come, and what has a name of ours."""

from psycopg import sql

from scripts.legacy.finding import Finding, Findings
from scripts.legacy.known import INDEXES
from scripts.legacy.look import Look

_INDEXES = """
select i.relname, pg_get_indexdef(x.indexrelid), x.indisvalid, x.indisunique,
  exists (select from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x')),
  exists (
    select from pg_attribute a where a.attrelid = x.indrelid and a.attname = 'id' and a.attnum =
      any(x.indkey::smallint[])
  ) and x.indpred is null,
  m.amname, x.indexprs is not null or x.indpred is not null,
  exists (
    select from pg_attribute a where a.attrelid = x.indrelid and a.attname = 'content' and (
      a.attnum = any(x.indkey::smallint[])
      or exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = x.indexrelid
        and d.refclassid = 'pg_class'::regclass and d.refobjid = x.indrelid and d.refobjsubid = a.attnum))
  ),
  exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = x.indexrelid
    and d.refclassid = 'pg_proc'::regclass)
from pg_index x
join pg_class i on i.oid = x.indexrelid
join pg_am m on m.oid = i.relam
where x.indrelid in {tables}
order by 1
"""


def indexes(look: Look) -> Findings:
    """Compare each index with what the line can live with."""
    for (
        name,
        definition,
        is_valid,
        is_unique,
        is_constraint,
        has_id,
        method,
        is_computed,
        reads_text,
        calls,
    ) in look.rows(_INDEXES):
        if is_constraint or (look.is_begun and name in look.ours.relations):
            continue
        why = ""
        if name in look.ours.relations or not definition.endswith(INDEXES.get(name, "")):
            why = "The line makes an index of this name, and would take this one for its own."
        elif not is_valid:
            # The legacy indexes' own migration builds its leftovers anew.
            why = "" if name in INDEXES else "It is a leftover of a build that was cut off."
        elif is_unique and not has_id:
            why = "It is unique: what the new application writes may break it."
        elif reads_text and (method == "btree" or is_computed):
            why = "It reads content, and may refuse texts to come."
        elif calls:
            why = "It calls a function of the live database, which may refuse rows to come."
        if why:
            drop = f"drop index public.{sql.Identifier(name).as_string()};"
            yield Finding(f"index public.{name}", f"{why} {definition}", drop)
