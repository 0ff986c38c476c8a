-- What keeps the desk and the activities, and the rights of who is blocked.

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
  select c.status, c.handling, c.last_seq, c.handled_seq, c.message_count, c.rev into conversation
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

-- Every conversation has an owner who is a contact. A member's is made with the first one, also for accounts of before. Who
-- is blocked begins none.

create or replace function private.make_contact() returns trigger
language plpgsql
-- A member may not write contacts, so this runs as its owner. Nobody can call it, and it makes nothing but the contact of
-- the account that is to own the conversation.
security definer
set search_path = ''
as $$
declare
  contact record;
begin
  select o.blocked_at into contact from public.chat_contacts o where o.id = new.user_id;
  if not found then
    -- Two first conversations at once: the other's contact serves both. Its own trigger refuses who has no account (PT401).
    insert into public.chat_contacts (id, user_id) values (new.user_id, new.user_id) on conflict do nothing;
  elsif contact.blocked_at is not null then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;
  return new;
end
$$;

comment on function private.make_contact() is
  'Trigger: makes the contact of a conversation''s owner where there is none; an owner without an account, or who is blocked, is refused.';

revoke all on function private.make_contact() from public, anon, authenticated, service_role;

-- A contact of an account knows what the account says of it, whoever makes the contact.

create or replace function private.know_account() returns trigger
language plpgsql
-- Neither a member nor the service may see accounts, so this runs as its owner. Nobody can call it, and it reads the one
-- account that the contact is of.
security definer
set search_path = ''
as $$
declare
  account record;
begin
  select u.email, u.phone, u.is_anonymous into account from auth.users u where u.id = new.user_id;
  if not found then
    -- A token outlives its account by up to an hour.
    raise exception using errcode = 'PT401', message = 'unauthenticated';
  end if;
  new.email := coalesce(new.email, account.email);
  new.phone := coalesce(new.phone, account.phone);
  new.is_guest := coalesce(account.is_anonymous, false);
  return new;
end
$$;

comment on function private.know_account() is
  'Trigger: fills in address, number and guest of a contact from its account; a contact of no account is refused.';

revoke all on function private.know_account() from public, anon, authenticated, service_role;

-- The desk follows its conversation: what both show is the same, and the live feed learns of every change by `cx` and `rev_cx`.

create or replace function private.follow_conversation() returns trigger
language plpgsql
-- Members cause this and may not see the desk, so this runs as its owner. Nobody can call it, and it writes the row of the
-- conversation that changed.
security definer
set search_path = ''
as $$
declare
  -- Since when somebody is waited for: from the moment that a person is wanted, until it is the bot's again or over.
  waits constant boolean := new.status = 'open' and new.handling = 'waiting';
  over constant boolean := new.status = 'completed' or new.handling = 'bot';
begin
  update public.chat_desk d
    set status = new.status,
      handling = new.handling,
      channel = new.channel,
      last_message_at = coalesce(new.last_message_at, d.last_message_at),
      assignee_id = case when new.handling = 'bot' then null else d.assignee_id end,
      waiting_since = case when over then null when waits then coalesce(d.waiting_since, now()) else d.waiting_since end,
      cx = pg_current_xact_id(),
      rev_cx = pg_current_xact_id()
    where d.conversation_id = new.id
      -- Once in a transaction is enough, unless there is more to say.
      and (
        d.rev_cx <> pg_current_xact_id()
        or (d.status, d.handling, d.channel, d.last_message_at)
          is distinct from (new.status, new.handling, new.channel, coalesce(new.last_message_at, d.last_message_at))
      );
  if not found then
    -- A conversation of before, or one that begins.
    insert into public.chat_desk (conversation_id, status, handling, channel, last_message_at, waiting_since)
      select new.id, new.status, new.handling, new.channel, coalesce(new.last_message_at, now()), case when waits then now() end
      where not exists (select from public.chat_desk d where d.conversation_id = new.id)
      on conflict do nothing;
  end if;

  if tg_op = 'INSERT' then
    insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name)
      select
        new.id, 'conversation.opened',
        case when new.channel <> 'web' then 'api' when o.is_guest then 'guest' else 'member' end,
        new.user_id, o.name
      from (select) one
      left join public.chat_contacts o on o.id = new.user_id;
  end if;
  return null;
end
$$;

comment on function private.follow_conversation() is
  'Trigger: keeps the desk of a conversation as the conversation is, and tells that one was opened.';

revoke all on function private.follow_conversation() from public, anon, authenticated, service_role;

-- What was said is something that happened. What an operator writes is told by the function that writes it.

create or replace function private.tell_message() returns trigger
language plpgsql
-- A member causes this and may not write activities, so this runs as its owner. Nobody can call it, and it tells of what
-- was written.
security definer
set search_path = ''
as $$
begin
  insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
    select
      m.conversation_id,
      'message.created',
      case
        when m.role <> 'user' then 'bot'
        when c.channel <> 'web' then 'api'
        when o.is_guest then 'guest'
        else 'member'
      end,
      o.id,
      o.name,
      jsonb_build_object('messageId', m.id, 'role', m.role, 'kind', m.kind, 'seq', m.seq, 'rev', m.rev)
    from said m
    left join public.chat_conversations c on m.role = 'user' and c.id = m.conversation_id
    left join public.chat_contacts o on o.id = c.user_id
    where m.author is null
    order by m.seq;
  return null;
end
$$;

comment on function private.tell_message() is
  'Trigger: writes the activity message.created for what a customer, the bot or the service said.';

revoke all on function private.tell_message() from public, anon, authenticated, service_role;

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
