-- Operators find a conversation by any part of its contact's name or address. Built beside what writes.

do $$
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  if exists (
    select from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace and c.relname = 'chat_contacts_parts_idx'
  ) then
    drop index public.chat_contacts_parts_idx;
  end if;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create index concurrently if not exists chat_contacts_parts_idx
  on public.chat_contacts using gin (public.inbox_parts(public.inbox_known_as(name, email)));
