-- Whoever shows a conversation that is deleted must learn that it is gone. A day later nobody shows it any more.

create or replace function private.note_gone() returns trigger
language plpgsql
-- Whoever deletes an account may not write here, so this runs as its owner. Nobody can call it.
security definer
set search_path = ''
as $$
begin
  insert into public.chat_gone (conversation_id) select g.id from gone g on conflict do nothing;
  delete from public.chat_gone g
    where g.conversation_id in (
      -- Who else is at it has them.
      select o.conversation_id from public.chat_gone o
      -- One that is so old stays: by it the live feed knows a cursor that is too old.
      where o.gone_at < (select max(n.gone_at) from public.chat_gone n where n.gone_at < now() - interval '1 day')
      order by o.gone_at
      limit 1000
      for update skip locked
    );
  return null;
end
$$;

comment on function private.note_gone() is
  'Trigger: keeps the ids of deleted conversations for a day.';

revoke all on function private.note_gone() from public, anon, authenticated, service_role;
