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
  mapped record;
  conversation record;
begin
  select * into mapped from private.map_legacy_message(new.type, new.content);
  if mapped.reason is not null then
    select * into mapped from private.map_legacy_message(new.type, new.content, (
      select coalesce(jsonb_object_agg(r.subject, r.outcome), '{}') from private.legacy_rules r
    ));
  end if;

  update public.chat_conversations c
    set last_seq = c.last_seq + 1,
      -- A legacy conversation may be longer than ours may become. It is full then, and goes on all the same.
      message_count = least(5000, c.message_count + (mapped.reason is null and c.user_id is not null)::integer),
      last_message_at = now()
    where c.id = new.conversation_id
    returning c.user_id, c.last_seq into conversation;
  if not found then
    -- The foreign key says so, as it always did.
    return new;
  end if;

  if mapped.reason is not null or conversation.user_id is null then
    insert into private.legacy_quarantine (message_id, conversation_id, reason, seq)
      values (new.id, new.conversation_id, coalesce(mapped.reason, 'conversation_without_owner'), conversation.last_seq)
      on conflict do nothing;
    new.user_id := null;
    return new;
  end if;

  new.user_id := conversation.user_id;
  new.seq := conversation.last_seq;
  new.role := mapped.role;
  new.kind := mapped.kind;
  new.client_message_id := coalesce(new.client_message_id, private.legacy_uuid(new.id, 'message'));
  if mapped.kind in ('chips', 'form') then
    -- The legacy client still reads the JSON in its text: the backfill takes it out when nobody needs it.
    new.payload := mapped.payload;
    new.answer := '{}';
    new.answered_at := new.created_at;
  else
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
  mapped record;
begin
  select * into mapped from private.map_legacy_message(new.type, new.content, (
    select coalesce(jsonb_object_agg(r.subject, r.outcome), '{}') from private.legacy_rules r
  ));
  if mapped.reason is null then
    new.role := mapped.role;
    new.kind := mapped.kind;
    new.payload := mapped.payload;
    if mapped.kind in ('chips', 'form') then
      new.answer := coalesce(old.answer, '{}');
      new.answered_at := coalesce(old.answered_at, old.created_at);
    else
      new.content := mapped.content;
      new.answer := null;
      new.answered_at := null;
    end if;
    return new;
  end if;
  insert into private.legacy_quarantine (message_id, conversation_id, reason, seq)
    values (old.id, old.conversation_id, mapped.reason, old.seq)
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

create trigger carry_over_change before update of type, content on public.chat_messages
  for each row
  -- Rows of the new application have a turn, and the backfill changes the payload or leaves the text null.
  when (
    old.role is not null and new.role is not distinct from old.role and new.payload is not distinct from old.payload
    and new.turn_id is null and new.content is not null
    and (new.content is distinct from old.content or new.type is distinct from old.type)
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
  new.type := coalesce(new.type, case
    when new.role = 'bot' and new.kind in ('chips', 'form') and new.content is null then new.kind
    else new.role
  end);
  -- A conversation that the backfill has not reached yet can be gone on with already.
  update public.chat_conversations c
    set client_conversation_id = coalesce(c.client_conversation_id, private.legacy_uuid(c.id, 'conversation')),
      status = c.status
    where c.id = new.conversation_id
      and c.user_id = new.user_id
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
