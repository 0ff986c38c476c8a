-- What the contract step must not find any more, in two small indexes: they are empty by now, so that a look into them
-- under the exclusive lock takes no time.

do $$
declare
  leftover text;
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  for leftover in
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_messages_leftover_idx', 'chat_conversations_leftover_idx')
  loop
    execute format('drop index public.%I', leftover);
  end loop;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create index concurrently if not exists chat_messages_leftover_idx
  on public.chat_messages (conversation_id)
  where role is null or kind is null or seq is null or user_id is null or char_length(content) > 16000
    or created_at < '0001-01-02 00:00:00+00' or created_at >= '9999-12-31 00:00:00+00';
create index concurrently if not exists chat_conversations_leftover_idx
  on public.chat_conversations (id)
  where user_id is null or client_conversation_id is null or last_message_at is null
    or status is null or status not in ('open', 'completed')
    or created_at < '0001-01-02 00:00:00+00' or created_at >= '9999-12-31 00:00:00+00';
do $$
begin
  if exists (
    select from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_messages_leftover_idx', 'chat_conversations_leftover_idx')
  ) then
    raise exception 'An index was not finished. Apply this migration again.';
  end if;
end
$$;
