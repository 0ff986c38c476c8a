-- No statistics on what members may ask for, as on the main line. What was gathered before goes where Postgres has a way
-- for it (18); elsewhere it grows old, and guard.before_request lets nobody ask.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- include: ../migrations/20261126000750_no_statistics.sql

do $$
declare
  own record;
begin
  if current_setting('server_version_num')::integer < 180000 then
    return;
  end if;
  for own in
    select c.relname, a.attname
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relname in ('chat_conversations', 'chat_messages')
      and a.attnum > 0 and not a.attisdropped and a.attstattarget = 0
  loop
    execute format('select pg_catalog.pg_clear_attribute_stats(%L, %L, %L, false)', 'public', own.relname, own.attname);
  end loop;
end
$$;
