-- What the clock looks for: who waits, and where a rule was the last to write. Built beside what writes.

do $$
declare
  leftover text;
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  for leftover in
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_desk_owed_idx', 'chat_desk_silent_idx')
  loop
    execute format('drop index public.%I', leftover);
  end loop;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create index concurrently if not exists chat_desk_owed_idx
  on public.chat_desk (waiting_since, conversation_id) where waiting_since is not null;
create index concurrently if not exists chat_desk_silent_idx
  on public.chat_desk (silent_from, conversation_id) where silent_from is not null;
