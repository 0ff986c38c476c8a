-- Conversations while both applications write. One column cannot hold two words: where the legacy client wrote active
-- there stands open from now on. It never compared with anything but completed, which is the same in both.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

create function private.carry_over_conversation() returns trigger
language plpgsql
-- It asks functions of this schema, which its callers may not.
security definer
set search_path = ''
as $$
declare
  wanted text := private.legacy_status(new.status);
begin
  if wanted is null then
    wanted := private.legacy_status(new.status, (
      select coalesce(jsonb_object_agg(r.subject, r.outcome), '{}') from private.legacy_rules r
    ));
  end if;
  -- An unknown word stays, and the backfill reports it.
  if wanted <> new.status then
    insert into private.legacy_statuses as s (conversation_id, status) values (new.id, new.status)
      on conflict (conversation_id) do update set status = excluded.status;
    new.status := wanted;
  end if;
  if tg_op = 'INSERT' and new.client_conversation_id is null then
    new.client_conversation_id := private.legacy_uuid(new.id, 'conversation');
    -- As for those that were there before: this is how the service knows that it has a past without a state.
    new.last_seq := 1000000000;
    new.handled_seq := 1000000000;
  end if;
  return new;
end
$$;

revoke all on function private.carry_over_conversation() from public, anon, authenticated, service_role;

comment on function private.carry_over_conversation() is
  'Trigger: gives a legacy client''s conversation its client id and puts its status into today''s words. Until the contract step.';

-- From here on the trigger tells old from new, and new ones count from nothing.
alter table public.chat_conversations
  alter column last_seq set default 0,
  alter column handled_seq set default 0;

create trigger carry_over_conversation before insert or update of status on public.chat_conversations
  for each row execute function private.carry_over_conversation();
