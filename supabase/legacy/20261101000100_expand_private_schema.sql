-- Schemas that no API exposes, as the main line makes them.

-- include: ../migrations/20261126000000_schemas.sql

-- What the tables of today say where the expand step will say something else.

create table private.legacy_shape (
  id bigint generated always as identity primary key,
  statement text not null
);
alter table private.legacy_shape enable row level security;
comment on table private.legacy_shape is
  'What the live tables said where the expand step says something else, as statements for the way back. Gone with the contract step.';
comment on column private.legacy_shape.id is 'The order in which they are run.';
comment on column private.legacy_shape.statement is 'One statement.';
revoke all on private.legacy_shape from public, anon, authenticated, service_role;

insert into private.legacy_shape (statement)
select format('alter table public.%I alter column %I %s', c.relname, a.attname,
  coalesce('set default ' || pg_get_expr(d.adbin, d.adrelid), 'drop default'))
from pg_attribute a
join pg_class c on c.oid = a.attrelid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace
  and (c.relname, a.attname) in (('chat_conversations', 'user_id'), ('chat_messages', 'created_at'))
  and not a.attisdropped
union all
select format('comment on table public.%I is %L', c.relname, obj_description(c.oid, 'pg_class'))
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relname in ('chat_conversations', 'chat_messages')
union all
select format('comment on column public.%I.%I is %L', c.relname, a.attname, col_description(c.oid, a.attnum))
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relname in ('chat_conversations', 'chat_messages')
  and a.attnum > 0 and not a.attisdropped
union all
-- Whether each row has a text is known by then; the way back reads them without stopping anybody, and goes on from here.
select 'alter table public.chat_messages add constraint chat_messages_content_present check (content is not null) not valid'
from pg_attribute a
where a.attrelid = 'public.chat_messages'::regclass and a.attname = 'content' and a.attnotnull;
