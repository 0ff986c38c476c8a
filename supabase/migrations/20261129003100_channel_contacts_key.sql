-- A person is one contact of a channel, built beside what writes.

do $$
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  if exists (
    select from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace and c.relname = 'chat_contacts_external_key'
  ) then
    drop index public.chat_contacts_external_key;
  end if;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create unique index concurrently if not exists chat_contacts_external_key
  on public.chat_contacts (channel_id, external_id) where channel_id is not null;
