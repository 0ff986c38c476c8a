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
  -- A repeat is left to the key, which refuses it or does nothing, as the statement wishes. Nothing is noted for it.
  if tg_op = 'INSERT' and exists (select from public.chat_conversations c where c.id = new.id) then
    return new;
  end if;
  if wanted is null then
    wanted := private.legacy_status(new.status, (
      select coalesce(jsonb_object_agg(r.subject, r.outcome), '{}') from private.legacy_rules r
    ));
  end if;
  -- An unknown word stays, and the backfill reports it.
  if wanted is distinct from new.status and wanted is not null then
    insert into private.legacy_statuses as s (conversation_id, status, given) values (new.id, new.status, wanted)
      on conflict (conversation_id) do update set status = excluded.status, given = excluded.given;
    new.status := wanted;
  end if;
  if not private.legacy_is_possible(new.created_at) then
    -- Nobody could be told this time: it stays out of every list until somebody says what to make of it.
    new.client_conversation_id := null;
  elsif tg_op = 'INSERT' and new.client_conversation_id is null then
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

create trigger carry_over_conversation before insert or update of status, created_at on public.chat_conversations
  for each row execute function private.carry_over_conversation();

create function private.carry_over_owner() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if tg_when = 'BEFORE' then
    -- A marker has an owner; a conversation of nobody has no marker.
    if new.user_id is null then
      delete from public.chat_conversation_reads r where r.conversation_id = old.id;
    end if;
    return new;
  end if;
  -- Its keys follow from one owner to another by themselves, but not from nobody to somebody.
  if old.user_id is null then
    update public.chat_messages m
      set user_id = new.user_id
      where m.conversation_id = new.id and m.role is not null and m.user_id is null;
  end if;
  -- Whom the legacy client names is no longer a rule's to take back.
  if coalesce(current_setting('munui.backfill', true), '') <> 'on' then
    delete from private.legacy_owners o where o.conversation_id = new.id;
  end if;
  return null;
end
$$;

revoke all on function private.carry_over_owner() from public, anon, authenticated, service_role;

comment on function private.carry_over_owner() is
  'Trigger: messages and markers follow when the legacy client gives a conversation to somebody else. Until the contract step.';

create trigger carry_over_owner_before before update of user_id on public.chat_conversations
  for each row when (new.user_id is null and old.user_id is not null) execute function private.carry_over_owner();
create trigger carry_over_owner_after after update of user_id on public.chat_conversations
  for each row when (new.user_id is distinct from old.user_id) execute function private.carry_over_owner();
