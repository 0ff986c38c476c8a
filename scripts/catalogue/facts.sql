-- The facts of the product's schemas, one query a kind of thing: the object, and what is so about it. Two databases that
-- say the same here are the same but for rows and the order of columns. Everything is asked of the catalogue itself, so
-- that a new property of a kind is one line here. %(schemas)s are the names of the schemas.

-- Schemas.
select format('schema %%s', n.nspname), format('is owned by %%s: %%s', n.nspowner::regrole, obj_description(n.oid, 'pg_namespace'))
from pg_namespace n where n.nspname = any(%(schemas)s);

select format('schema %%s', n.nspname),
  coalesce(nullif(a.grantee, 0)::regrole::text, 'public') || ' may ' || lower(a.privilege_type)
    || case when a.is_grantable then ' and grant it' else '' end
from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
where n.nspname = any(%(schemas)s) and a.grantee <> n.nspowner;

-- Tables, views, sequences: what they are, and their comment.
select format('%%s %%s', case c.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, c.oid::regclass),
  format('kind %%s, persistence %%s, owner %%s, options %%s, replica identity %%s, access method %%s, partition of %%s: %%s',
    c.relkind, c.relpersistence, c.relowner::regrole, c.reloptions, c.relreplident, (select amname from pg_am where oid = c.relam),
    (select string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid),
    obj_description(c.oid, 'pg_class'))
from pg_class c where c.relnamespace::regnamespace::text = any(%(schemas)s) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S');

select format('table %%s', c.oid::regclass),
  format('row level security %%s%%s', case when c.relrowsecurity then 'on' else 'off' end,
    case when c.relforcerowsecurity then ', forced' else '' end)
from pg_class c where c.relnamespace::regnamespace::text = any(%(schemas)s) and c.relkind in ('r', 'p');

select format('view %%s', c.oid::regclass), pg_get_viewdef(c.oid)
from pg_class c where c.relnamespace::regnamespace::text = any(%(schemas)s) and c.relkind in ('v', 'm');

select format('sequence %%s', s.seqrelid::regclass),
  format('%%s from %%s by %%s between %%s and %%s, cache %%s, cycle %%s, of %%s', s.seqtypid::regtype, s.seqstart, s.seqincrement,
    s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
    (select d.refobjid::regclass || '.' || d.refobjsubid from pg_depend d
      where d.classid = 'pg_class'::regclass and d.objid = s.seqrelid and d.deptype in ('a', 'i')))
from pg_sequence s join pg_class c on c.oid = s.seqrelid where c.relnamespace::regnamespace::text = any(%(schemas)s);

-- Columns, whatever their order. The target of statistics is -1 up to Postgres 16 where nothing is said, and null later.
select format('column %%s.%%s', a.attrelid::regclass, a.attname),
  format('%%s%%s%%s%%s%%s%%s, storage %%s, compression %%s, statistics %%s, options %%s: %%s', format_type(a.atttypid, a.atttypmod),
    case when a.attcollation <> t.typcollation then ' collate ' || a.attcollation::regcollation else '' end,
    case when a.attnotnull then ' not null' else '' end,
    ' default ' || pg_get_expr(d.adbin, d.adrelid),
    ' identity ' || nullif(a.attidentity::text, ''),
    ' generated ' || nullif(a.attgenerated::text, ''),
    a.attstorage, a.attcompression, nullif(a.attstattarget, -1), a.attoptions, col_description(a.attrelid, a.attnum))
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_type t on t.oid = a.atttypid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relnamespace::regnamespace::text = any(%(schemas)s) and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped;

-- Constraints. NOT NULL is a column's business, though Postgres 18 gives it a name of its own.
select format('constraint %%s on %%s', k.conname, k.conrelid::regclass),
  format('%%s, validated %%s, deferrable %%s %%s, no inherit %%s: %%s', pg_get_constraintdef(k.oid), k.convalidated, k.condeferrable,
    k.condeferred, k.connoinherit, obj_description(k.oid, 'pg_constraint'))
from pg_constraint k where k.connamespace::regnamespace::text = any(%(schemas)s) and k.contype <> 'n';

select format('index %%s', i.indexrelid::regclass),
  format('%%s, valid %%s, ready %%s, clustered %%s, replica identity %%s, statistics %%s: %%s', pg_get_indexdef(i.indexrelid), i.indisvalid,
    i.indisready, i.indisclustered, i.indisreplident,
    (select array_agg(nullif(a.attstattarget, -1) order by a.attnum) from pg_attribute a where a.attrelid = i.indexrelid),
    obj_description(i.indexrelid, 'pg_class'))
from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace::regnamespace::text = any(%(schemas)s);

select format('statistics %%s', s.stxname), pg_get_statisticsobjdef(s.oid) || coalesce(': ' || obj_description(s.oid, 'pg_statistic_ext'), '')
from pg_statistic_ext s where s.stxnamespace::regnamespace::text = any(%(schemas)s);

-- Triggers and rules; a view's own rule is its definition.
select format('trigger %%s on %%s', t.tgname, t.tgrelid::regclass),
  format('%%s, enabled %%s: %%s', pg_get_triggerdef(t.oid), t.tgenabled, obj_description(t.oid, 'pg_trigger'))
from pg_trigger t join pg_class c on c.oid = t.tgrelid
where c.relnamespace::regnamespace::text = any(%(schemas)s) and not t.tgisinternal;

select format('rule %%s on %%s', r.rulename, r.ev_class::regclass), format('%%s, enabled %%s', pg_get_ruledef(r.oid), r.ev_enabled)
from pg_rewrite r join pg_class c on c.oid = r.ev_class
where c.relnamespace::regnamespace::text = any(%(schemas)s) and r.rulename <> '_RETURN';

select format('event trigger %%s', e.evtname), format('%%s, %%s, enabled %%s, tags %%s', e.evtevent, e.evtfoid::regproc, e.evtenabled, e.evttags)
from pg_event_trigger e join pg_proc p on p.oid = e.evtfoid where p.pronamespace::regnamespace::text = any(%(schemas)s);

-- Functions, bodies and all.
select format('function %%s', p.oid::regprocedure),
  format(E'owner %%s: %%s\n%%s', p.proowner::regrole, obj_description(p.oid, 'pg_proc'), pg_get_functiondef(p.oid))
from pg_proc p where p.pronamespace::regnamespace::text = any(%(schemas)s) and p.prokind <> 'a';

select format('aggregate %%s', p.oid::regprocedure), format('%%s', a)
from pg_proc p join pg_aggregate a on a.aggfnoid = p.oid where p.pronamespace::regnamespace::text = any(%(schemas)s);

select format('function %%s', p.oid::regprocedure),
  coalesce(nullif(a.grantee, 0)::regrole::text, 'public') || ' may ' || lower(a.privilege_type)
    || case when a.is_grantable then ' and grant it' else '' end
from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
where p.pronamespace::regnamespace::text = any(%(schemas)s) and a.grantee <> p.proowner;

-- Types of one's own: enums, domains, ranges.
select format('type %%s', t.oid::regtype),
  format('%%s, base %%s, not null %%s, default %%s, labels %%s: %%s', t.typtype, nullif(t.typbasetype, 0)::regtype, t.typnotnull, t.typdefault,
    (select array_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), obj_description(t.oid, 'pg_type'))
from pg_type t
where t.typnamespace::regnamespace::text = any(%(schemas)s) and (t.typtype in ('e', 'd', 'r', 'm')
  or t.typtype = 'c' and (select c.relkind from pg_class c where c.oid = t.typrelid) = 'c');

-- Operators, casts, conversions and text search are not used: that there are any is the fact.
select 'unusual objects', format('%%s %%s', d.classid::regclass, pg_describe_object(d.classid, d.objid, 0))
from pg_depend d join pg_namespace n on d.refclassid = 'pg_namespace'::regclass and d.refobjid = n.oid
where n.nspname = any(%(schemas)s)
  and (
    d.classid not in ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass, 'pg_constraint'::regclass, 'pg_trigger'::regclass,
      'pg_policy'::regclass, 'pg_rewrite'::regclass, 'pg_attrdef'::regclass, 'pg_statistic_ext'::regclass, 'pg_default_acl'::regclass)
    or d.classid = 'pg_proc'::regclass and exists (select from pg_aggregate a where a.aggfnoid = d.objid)
  );

-- Policies, each with all that it says.
select format('table %%s.%%s', schemaname, tablename),
  format('policy %%s: %%s for %%s to %%s using (%%s) with check (%%s)',
    policyname, lower(permissive), lower(cmd), array_to_string(roles, ', '), qual, with_check)
from pg_policies where schemaname = any(%(schemas)s);

select format('table %%s', p.polrelid::regclass), format('policy %%s: %%s', p.polname, obj_description(p.oid, 'pg_policy'))
from pg_policy p join pg_class c on c.oid = p.polrelid
where c.relnamespace::regnamespace::text = any(%(schemas)s) and obj_description(p.oid, 'pg_policy') is not null;

-- Rights.
select format('%%s %%s', case c.relkind when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, c.oid::regclass),
  coalesce(nullif(a.grantee, 0)::regrole::text, 'public') || ' may ' || lower(a.privilege_type)
    || case when a.is_grantable then ' and grant it' else '' end
from pg_class c, aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a
where c.relnamespace::regnamespace::text = any(%(schemas)s) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and a.grantee <> c.relowner;

select format('column %%s.%%s', t.attrelid::regclass, t.attname),
  coalesce(nullif(a.grantee, 0)::regrole::text, 'public') || ' may ' || lower(a.privilege_type)
    || case when a.is_grantable then ' and grant it' else '' end
from pg_attribute t join pg_class c on c.oid = t.attrelid, aclexplode(t.attacl) a
where c.relnamespace::regnamespace::text = any(%(schemas)s) and a.grantee <> c.relowner;

-- The whole list: that somebody is not in it is what matters, and where there is none Postgres has a default of its own.
select format('new objects (%%s) of %%s in %%s', d.defaclobjtype, d.defaclrole::regrole, coalesce(n.nspname, 'every schema')),
  array_to_string(array(select entry::text from unnest(d.defaclacl) entry order by 1), ' ')
from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
where n.oid is null or n.nspname = any(%(schemas)s) or n.nspname = 'extensions';

-- What lies across schemas.
select format('publication %%s', p.pubname),
  format('all tables %%s, table %%s (%%s) where %%s', p.puballtables, r.prrelid::regclass, r.prattrs, pg_get_expr(r.prqual, r.prrelid))
from pg_publication p left join pg_publication_rel r on r.prpubid = p.oid;

select 'extensions', format('%%s in %%s', e.extname, e.extnamespace::regnamespace) from pg_extension e;

select format('%%s', d.provider), format('label %%s on %%s', d.label, d.objname) from pg_seclabels d where d.objtype <> 'role';
