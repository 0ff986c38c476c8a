-- What makes a message one of a kind. The owner leads, because every policy asks for it first; it depends on the
-- conversation, so that a key with it is as strict as one without.

do $$
declare
  leftover text;
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  for leftover in
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_messages_seq_key', 'chat_messages_client_key', 'chat_messages_reply_key', 'chat_messages_conversation_key')
  loop
    execute format('drop index public.%I', leftover);
  end loop;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create unique index concurrently if not exists chat_messages_seq_key
  on public.chat_messages (user_id, conversation_id, seq);
create unique index concurrently if not exists chat_messages_client_key
  on public.chat_messages (conversation_id, client_message_id);
create unique index concurrently if not exists chat_messages_reply_key
  on public.chat_messages (conversation_id, in_reply_to);
create unique index concurrently if not exists chat_messages_conversation_key
  on public.chat_messages (conversation_id, id);
do $$
begin
  if exists (
    select from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_messages_seq_key', 'chat_messages_client_key', 'chat_messages_reply_key', 'chat_messages_conversation_key')
  ) then
    raise exception 'An index was not finished. Apply this migration again.';
  end if;
end
$$;
