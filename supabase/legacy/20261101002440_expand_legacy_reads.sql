-- Read flags and read markers while both applications write.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

create function private.move_marker() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  reached bigint;
begin
  -- The first row of a statement moves the marker for all of them; the others end here.
  if exists (
    select from public.chat_conversation_reads r
    where r.conversation_id = new.conversation_id and r.user_id = new.user_id and r.last_read_seq >= new.seq
  ) then
    return null;
  end if;
  -- History without a place yet may hold something unread: the backfill decides then.
  if exists (
    select from public.chat_messages m
    where m.conversation_id = new.conversation_id and m.seq is null and m.is_read is not true and m.type is distinct from 'user'
  ) then
    return null;
  end if;
  select max(m.seq) into reached
    from public.chat_messages m
    where m.user_id = new.user_id
      and m.conversation_id = new.conversation_id
      and m.seq < coalesce((
        select min(u.seq) from public.chat_messages u
        where u.user_id = new.user_id and u.conversation_id = new.conversation_id and u.role = 'bot' and u.is_read is not true
          and u.seq > coalesce((
            select r.last_read_seq from public.chat_conversation_reads r
            where r.conversation_id = new.conversation_id and r.user_id = new.user_id
          ), 0)
      ), 9223372036854775807);
  if reached > 0 then
    insert into public.chat_conversation_reads as r (conversation_id, user_id, last_read_seq)
      values (new.conversation_id, new.user_id, reached)
      on conflict (conversation_id, user_id) do update set last_read_seq = excluded.last_read_seq
        where r.last_read_seq < excluded.last_read_seq;
  end if;
  return null;
end
$$;

revoke all on function private.move_marker() from public, anon, authenticated, service_role;

comment on function private.move_marker() is
  'Trigger: a legacy read flag moves the marker up to before the first unread bot message. Until the contract step.';

create trigger move_marker after update of is_read on public.chat_messages
  for each row when (new.is_read and old.is_read is not true and new.role = 'bot' and new.seq is not null)
  execute function private.move_marker();

create function private.set_read_flags() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- The flags are where the backfill has the markers from; it must not change its own source.
  if current_setting('munui.backfill', true) = 'on' then
    return null;
  end if;
  update public.chat_messages m
    set is_read = true
    where m.id in (
      select u.id from public.chat_messages u
      where u.user_id = new.user_id
        and u.conversation_id = new.conversation_id
        and u.role = 'bot'
        and u.is_read is not true
        and u.seq <= new.last_read_seq
      -- Whoever holds such a row is the legacy client, setting this very flag. Waiting for it could be a deadlock.
      for no key update skip locked
    );
  return null;
end
$$;

revoke all on function private.set_read_flags() from public, anon, authenticated, service_role;

comment on function private.set_read_flags() is 'Trigger: a marker that moved sets the flags that the legacy client reads. Until the contract step.';

create trigger set_read_flags after insert or update on public.chat_conversation_reads
  for each row execute function private.set_read_flags();
