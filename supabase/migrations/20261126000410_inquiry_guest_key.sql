-- One client id is one inquiry among all that guests sent, whoever owns them now. Those without an owner count, too: of
-- them chat_inquiries_client_key has kept one each.

do $$
declare
  leftover text;
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  for leftover in
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_inquiries_guest_key')
  loop
    execute format('drop index public.%I', leftover);
  end loop;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create unique index concurrently if not exists chat_inquiries_guest_key
  on public.chat_inquiries (client_inquiry_id) where from_guest or user_id is null;
do $$
begin
  if exists (
    select from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace
      and c.relname in ('chat_inquiries_guest_key')
  ) then
    raise exception 'An index was not finished. Apply this migration again.';
  end if;
end
$$;
