-- What unread messages are counted by. It comes this late because the backfill writes every row once: built before, it
-- would be twice the size. Until now chat_messages_seq_key serves.

do $$
declare
  leftover text;
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  for leftover in
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_messages_unread_idx')
  loop
    execute format('drop index public.%I', leftover);
  end loop;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create index concurrently if not exists chat_messages_unread_idx
  on public.chat_messages (user_id, conversation_id, seq) where role = 'bot';
do $$
begin
  if exists (
    select from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_messages_unread_idx')
  ) then
    raise exception 'An index was not finished. Apply this migration again.';
  end if;
end
$$;
