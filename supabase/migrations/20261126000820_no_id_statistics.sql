-- No statistics on whose a row is and what it belongs to, either: how many messages a stranger has is nobody's business.
-- Every query of ours goes by a key from its owner on, and needs none. What was gathered before goes where Postgres has
-- a way for it (18); elsewhere it grows old, and guard.before_request lets nobody ask.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

do $$
declare
  own record;
begin
  for own in
    select c.relname, a.attname
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_conversations', 'chat_messages', 'chat_conversation_reads', 'chat_inquiries')
      and a.attnum > 0
      and not a.attisdropped
  loop
    execute format('alter table public.%I alter column %I set statistics 0', own.relname, own.attname);
    if current_setting('server_version_num')::integer >= 180000 then
      execute format('select pg_catalog.pg_clear_attribute_stats(%L, %L, %L, false)', 'public', own.relname, own.attname);
    end if;
  end loop;
end
$$;
