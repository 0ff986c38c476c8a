-- Messages while both applications write: each finds the other's rows in its own terms. No legacy write fails here that
-- did not fail before.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

create function private.carry_over_message() returns trigger
language plpgsql
-- The legacy client may not update the counter of a conversation. Nobody can call this, and the policies of the legacy
-- client decide about the row afterwards: a refused row takes its number back with it.
security definer
set search_path = ''
as $$
declare
  rules jsonb := '{}';
  mapped record;
  conversation record;
  why text;
begin
  -- The strongest lock that the row will see here, first; from here on each sees what the others wrote.
  perform from public.chat_conversations c where c.id = new.conversation_id for no key update;
  -- A repeat is left to the key, which refuses it or does nothing, as the statement wishes. Nothing is counted for it.
  if exists (select from public.chat_messages m where m.id = new.id) then
    return new;
  end if;

  select * into mapped from private.map_legacy_message(new.type, new.content);
  if mapped.reason is not null or not private.legacy_is_possible(new.created_at) then
    select coalesce(jsonb_object_agg(r.subject, r.outcome), '{}') into rules from private.legacy_rules r;
    select * into mapped from private.map_legacy_message(new.type, new.content, rules);
  end if;
  why := case
    when not private.legacy_is_possible(new.created_at) and rules ->> 'reason:time_impossible' is null then 'time_impossible'
    else mapped.reason
  end;

  update public.chat_conversations c
    set last_seq = c.last_seq + 1,
      -- A legacy conversation may be longer than ours may become. It is full then, and goes on all the same.
      message_count = least(5000, c.message_count + (why is null and c.user_id is not null)::integer),
      last_message_at = now()
    where c.id = new.conversation_id
    returning c.user_id, c.last_seq into conversation;
  if not found then
    -- The foreign key says so, as it always did.
    return new;
  end if;

  if why is not null or conversation.user_id is null then
    insert into private.legacy_quarantine (message_id, conversation_id, reason, seq)
      values (new.id, new.conversation_id, coalesce(why, 'conversation_without_owner'), conversation.last_seq)
      on conflict do nothing;
    new.user_id := null;
    return new;
  end if;

  if not private.legacy_is_possible(new.created_at) then
    insert into private.legacy_times values (new.id, false, new.created_at) on conflict do nothing;
    new.created_at := private.legacy_clamped(new.created_at);
  end if;
  new.user_id := conversation.user_id;
  new.seq := conversation.last_seq;
  new.role := mapped.role;
  new.kind := mapped.kind;
  new.client_message_id := coalesce(new.client_message_id, private.legacy_uuid(new.id, 'message'));
  if mapped.kind in ('chips', 'form') then
    -- The legacy client still reads the JSON in its text: the backfill takes it out when nobody needs it.
    new.payload := mapped.payload;
    new.answer := mapped.answer;
    new.answered_at := new.created_at;
  elsif mapped.content is distinct from new.content then
    insert into private.legacy_originals (message_id, content) values (new.id, new.content) on conflict do nothing;
    new.content := mapped.content;
  end if;
  return new;
end
$$;

revoke all on function private.carry_over_message() from public, anon, authenticated, service_role;

comment on function private.carry_over_message() is
  'Trigger: gives a legacy client''s message role, kind, payload, owner, place and client id, or leaves it and notes why. Until the contract step.';

-- Named to come after place_message, which would take the row for a new one otherwise.
create trigger place_message_of_legacy before insert on public.chat_messages
  for each row when (new.role is null) execute function private.carry_over_message();

create function private.carry_over_change() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  rules jsonb;
  mapped record;
  why text;
begin
  select coalesce(jsonb_object_agg(r.subject, r.outcome), '{}') into rules from private.legacy_rules r;
  if new.content is distinct from old.content then
    -- What the legacy client says now is what it would have: the text of before is nobody's any more.
    delete from private.legacy_originals o where o.message_id = old.id;
  end if;
  if not private.legacy_is_possible(new.created_at) then
    if rules ->> 'reason:time_impossible' is null then
      why := 'time_impossible';
    else
      insert into private.legacy_times values (new.id, false, new.created_at)
        on conflict (id, is_conversation) do update set created_at = excluded.created_at;
      new.created_at := private.legacy_clamped(new.created_at);
    end if;
  end if;
  if new.content is not distinct from old.content and new.type is not distinct from old.type then
    -- Only its time was changed.
    if why is null then
      return new;
    end if;
  else
    select * into mapped from private.map_legacy_message(new.type, new.content, rules);
    why := coalesce(why, mapped.reason);
  end if;
  if why is null then
    new.role := mapped.role;
    new.kind := mapped.kind;
    new.payload := mapped.payload;
    new.answer := mapped.answer;
    if mapped.kind in ('chips', 'form') then
      new.answered_at := coalesce(old.answered_at, new.created_at);
    else
      if mapped.content is distinct from new.content then
        insert into private.legacy_originals as o (message_id, content) values (new.id, new.content)
          on conflict (message_id) do update set content = excluded.content;
      end if;
      new.content := mapped.content;
      new.answered_at := null;
    end if;
    return new;
  end if;
  insert into private.legacy_quarantine (message_id, conversation_id, reason, seq)
    values (old.id, old.conversation_id, why, old.seq)
    on conflict (message_id) do update set reason = excluded.reason;
  new.role := null;
  new.kind := null;
  new.payload := null;
  new.seq := null;
  new.user_id := null;
  new.answer := null;
  new.answered_at := null;
  return new;
end
$$;

revoke all on function private.carry_over_change() from public, anon, authenticated, service_role;

comment on function private.carry_over_change() is
  'Trigger: a legacy client that edits a message which was carried over edits both halves of it. Until the contract step.';

create trigger carry_over_change before update of type, content, created_at on public.chat_messages
  for each row
  -- Rows of the new application have a turn, and the backfill changes the payload or leaves the text null.
  when (
    old.role is not null and new.role is not distinct from old.role and new.payload is not distinct from old.payload
    and new.turn_id is null and new.content is not null
    and (
      new.content is distinct from old.content or new.type is distinct from old.type
      or new.created_at is distinct from old.created_at
    )
    and coalesce(current_setting('munui.backfill', true), '') <> 'on'
  )
  execute function private.carry_over_change();

create function private.hand_back_message() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- A question with words is shown as words: the legacy client would look for JSON in the text of chips.
  -- Whatever the columns' defaults said: the new application does not know them.
  new.type := case
    when new.role = 'bot' and new.kind in ('chips', 'form') and new.content is null then new.kind
    else new.role
  end;
  new.is_read := false;
  -- A conversation that the backfill has not reached yet can be gone on with already.
  update public.chat_conversations c
    set client_conversation_id = coalesce(c.client_conversation_id, private.legacy_uuid(c.id, 'conversation')),
      status = c.status
    where c.id = new.conversation_id
      and c.user_id = new.user_id
      and private.legacy_is_possible(c.created_at)
      and (c.client_conversation_id is null or c.status not in ('open', 'completed'));
  return new;
end
$$;

revoke all on function private.hand_back_message() from public, anon, authenticated, service_role;

comment on function private.hand_back_message() is
  'Trigger: gives a new message the type by which the legacy client shows it, and its conversation today''s words. Until the contract step.';

-- Named to come before place_message, which looks at the status.
create trigger hand_back_message before insert on public.chat_messages
  for each row when (new.role is not null) execute function private.hand_back_message();
