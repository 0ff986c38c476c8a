-- What a note or a contact says is otherwise: it is found by what it said no more, and by what it says in a moment.

create or replace function private.search_again() returns trigger
language plpgsql
security invoker
set search_path = ''
as $$
begin
  if tg_table_name = 'chat_notes' then
    delete from public.chat_search s where s.note_id = new.id;
  else
    delete from public.chat_search s where s.contact_id = new.id;
  end if;
  -- Held until this is done, so that it is not looked at before.
  insert into public.chat_search_due (kind, id)
    values (case tg_table_name when 'chat_notes' then 'note' when 'chat_contacts' then 'contact' else 'inquiry' end, new.id)
    on conflict (kind, id) do update set since = now();
  return null;
end
$$;

comment on function private.search_again() is
  'Trigger: takes what was changed out of what operators search in, and has it looked at again.';

revoke all on function private.search_again() from public, anon, authenticated, service_role;
