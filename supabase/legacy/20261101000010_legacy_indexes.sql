-- The indexes that the legacy client's queries need, and the backfill. Built without stopping writers where they are missing.

do $$
declare
  leftover text;
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  for leftover in
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_conversations_user_id_idx', 'chat_messages_conversation_id_created_at_idx')
  loop
    execute format('drop index public.%I', leftover);
  end loop;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create index concurrently if not exists chat_conversations_user_id_idx
  on public.chat_conversations (user_id);
create index concurrently if not exists chat_messages_conversation_id_created_at_idx
  on public.chat_messages (conversation_id, created_at);
do $$
begin
  if exists (
    select from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_conversations_user_id_idx', 'chat_messages_conversation_id_created_at_idx')
  ) then
    raise exception 'An index was not finished. Apply this migration again.';
  end if;
end
$$;
