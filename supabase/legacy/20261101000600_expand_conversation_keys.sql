-- What the conversations are found by.

do $$
declare
  leftover text;
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  for leftover in
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_conversations_owner_key', 'chat_conversations_client_key', 'chat_conversations_recent_idx')
  loop
    execute format('drop index public.%I', leftover);
  end loop;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create unique index concurrently if not exists chat_conversations_owner_key
  on public.chat_conversations (user_id, id);
create unique index concurrently if not exists chat_conversations_client_key
  on public.chat_conversations (user_id, client_conversation_id);
create index concurrently if not exists chat_conversations_recent_idx
  on public.chat_conversations (user_id, last_message_at desc, id desc);
do $$
begin
  if exists (
    select from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_conversations_owner_key', 'chat_conversations_client_key', 'chat_conversations_recent_idx')
  ) then
    raise exception 'An index was not finished. Apply this migration again.';
  end if;
end
$$;
