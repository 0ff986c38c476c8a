-- Gives every message its place, under the row lock of its conversation: the order of messages is the order of commit.
-- A question is answered once, whether a row of ours names it or the legacy client answered it. Who is blocked writes
-- nothing.

create or replace function private.place_message() returns trigger
language plpgsql
-- A member may not update the counter of a conversation, so this runs as its owner. It is the one function that does:
-- nobody can call it, and it touches a conversation only where id and owner match together.
security definer
set search_path = ''
as $$
declare
  conversation record;
  asked record;
  repeated record;
  waits boolean;
  -- What a customer said is owed an answer and wakes the conversation.
  is_customers constant boolean := new.role = 'user';
begin
  -- Everybody who writes to this conversation waits here; from here on each sees what the others wrote.
  select c.status, c.handling, c.channel, c.last_seq, c.handled_seq, c.message_count, c.rev into conversation
    from public.chat_conversations c
    where c.id = new.conversation_id and c.user_id = new.user_id
    for no key update;
  if not found then
    -- A token outlives its account by up to an hour.
    if not exists (select from auth.users u where u.id = new.user_id) then
      raise exception using errcode = 'PT401', message = 'unauthenticated';
    end if;
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;

  -- A repeat is left to the unique key, which refuses it or does nothing, as the statement wishes. No number is spent.
  if new.client_message_id is not null then
    select m.seq, m.content into repeated
      from public.chat_messages m
      where m.conversation_id = new.conversation_id and m.client_message_id = new.client_message_id;
    if found then
      -- The text of a click is not there yet, and a row without one would fail before the key is looked at.
      new.seq := repeated.seq;
      new.content := coalesce(new.content, repeated.content);
      return new;
    end if;
  end if;

  if is_customers and exists (
    select from public.chat_contacts o where o.id = new.user_id and o.blocked_at is not null
  ) then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;

  if is_customers and new.in_reply_to is not null then
    select m.role, m.kind, m.payload, m.answered_at into asked
      from public.chat_messages m
      where m.conversation_id = new.conversation_id and m.id = new.in_reply_to;
    -- Under the lock this sees every answer there is; the unique key stands behind it. A question that was carried over
    -- from the legacy client, or answered there, has its time and no row that names it.
    if asked.answered_at is not null or exists (
      select from public.chat_messages m
      where m.conversation_id = new.conversation_id and m.in_reply_to = new.in_reply_to
    ) then
      raise exception using errcode = 'PT409', message = 'already_answered';
    end if;
  end if;

  if conversation.status <> 'open' or (is_customers and conversation.message_count >= 5000) then
    raise exception using errcode = 'PT409', message = 'conversation_completed';
  end if;

  if is_customers then
    new.turn_id := new.id;
    if new.in_reply_to is null then
      if new.event is not null then
        raise exception using errcode = 'PT422', message = 'invalid';
      end if;
    elsif asked.kind = 'chips' and new.event ->> 'type' = 'chip' then
      -- The text of a click is the label that the bot offered, whatever the sender wrote.
      select chip ->> 'label' into new.content
        from jsonb_array_elements(asked.payload -> 'chips') chip
        where chip ->> 'id' = new.event ->> 'chip_id';
      if not found then
        raise exception using errcode = 'PT422', message = 'unknown_chip';
      end if;
    elsif asked.kind = 'form' and new.event ->> 'type' = 'form'
      and jsonb_typeof(new.event -> 'values') = 'object' then
      null;
    elsif new.event ->> 'type' = 'form' then
      raise exception using errcode = 'PT422', message = 'invalid_form';
    else
      raise exception using errcode = 'PT422', message = 'unknown_chip';
    end if;
  end if;

  if not is_customers and conversation.channel <> 'web' then
    -- It goes out, and the other side tells how far it gets.
    new.status := 'sent';
  end if;

  new.seq := conversation.last_seq + 1;
  new.rev := conversation.rev + 1;
  -- The desk of the conversation, once in a transaction: nobody sees anything between. Its trigger follows what is no
  -- message.
  if is_customers then
    waits := conversation.handling <> 'bot';
    update public.chat_desk d
      set last_message_at = now(),
        waiting_since = case when waits then coalesce(d.waiting_since, now()) else d.waiting_since end,
        customer_rev = new.rev + d.changes,
        customer_cx = pg_current_xact_id(),
        cx = pg_current_xact_id(),
        rev_cx = pg_current_xact_id()
      where d.conversation_id = new.conversation_id
        and (d.customer_cx is distinct from pg_current_xact_id() or (waits and d.waiting_since is null))
        and d.snoozed_until is null;
    if not found then
      -- Put aside, written to before in this transaction, or not there yet.
      update public.chat_desk d
        set last_message_at = now(),
          snoozed_until = null,
          waiting_since = case when waits then coalesce(d.waiting_since, now()) else d.waiting_since end,
          customer_rev = new.rev + d.changes,
          customer_cx = pg_current_xact_id(),
          cx = pg_current_xact_id(),
          rev_cx = pg_current_xact_id()
        where d.conversation_id = new.conversation_id and d.snoozed_until is not null;
      if found then
        insert into public.chat_activities (conversation_id, type, actor_kind)
          values (new.conversation_id, 'conversation.woken', 'system');
      end if;
    end if;
    -- Nobody but a person answers a text while people handle it: it waits for no turn. What was chosen or filled in is
    -- still to be recorded, and so is what came before it.
    if waits and new.in_reply_to is null and not exists (
      select from public.chat_messages m
      where m.user_id = new.user_id
        and m.conversation_id = new.conversation_id
        and m.seq > conversation.handled_seq
        and m.role = 'user'
        and m.in_reply_to is not null
    ) then
      conversation.handled_seq := new.seq;
    end if;
  else
    update public.chat_desk d
      set last_message_at = now(), cx = pg_current_xact_id(), rev_cx = pg_current_xact_id()
      where d.conversation_id = new.conversation_id
        and (d.rev_cx <> pg_current_xact_id() or d.last_message_at <> now());
  end if;

  update public.chat_conversations c
    set last_seq = new.seq,
      rev = new.rev,
      message_count = c.message_count + 1,
      last_message_at = now(),
      handled_seq = conversation.handled_seq
    where c.id = new.conversation_id and c.user_id = new.user_id;
  return new;
end
$$;

comment on function private.place_message() is
  'Trigger: locks the conversation of the right owner, numbers the message, checks the claim on an interactive message and takes a click''s text from its label.';

revoke all on function private.place_message() from public, anon, authenticated, service_role;
