-- Unread are what the bot and what people wrote; and what changed is read in the order of its numbers. Both are built
-- beside what writes.

do $$
declare
  leftover text;
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  for leftover in
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_messages_unseen_idx', 'chat_messages_rev_key')
  loop
    execute format('drop index public.%I', leftover);
  end loop;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create index concurrently if not exists chat_messages_unseen_idx
  on public.chat_messages (user_id, conversation_id, seq) where role = 'bot' or author is not null;
create unique index concurrently if not exists chat_messages_rev_key
  on public.chat_messages (user_id, conversation_id, rev) where rev > 0;
drop index concurrently if exists public.chat_messages_unread_idx;
-- Nobody names an index.
-- squawk-ignore renaming-object
alter index public.chat_messages_unseen_idx rename to chat_messages_unread_idx;
