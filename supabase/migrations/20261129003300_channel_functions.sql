-- What comes in by a channel, what becomes of what goes out, and who sets it up.

-- Whether a key opens anything: asked where a request is not valid, since who may not ask is told that first.

create or replace function public.channel_check(p_key text) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  channel public.chat_channels := public.channel_of_key(p_key);
begin
  return jsonb_build_object('id', channel.id);
end
$$;

comment on function public.channel_check(text) is
  'For the service: {id} of the channel behind a key, which is given by its digest. Raises PT401.';

revoke all on function public.channel_check(text) from public, anon, authenticated, service_role;
grant execute on function public.channel_check(text) to service_role;

-- Where the answers of a channel go out, kept where the trigger looks for who listens. Called by whatever changes the
-- channel. Whether the webhook is active is looked at when something goes out.

create or replace function public.channel_listen(p_channel public.chat_channels) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  delete from public.chat_listeners l where l.channel = p_channel.id::text;
  insert into public.chat_listeners (type, webhook_id, channel)
    select 'message.created', w.id, p_channel.id::text
    from public.chat_webhooks w
    where w.id = p_channel.webhook_id and p_channel.deleted_at is null;
$$;

comment on function public.channel_listen(public.chat_channels) is
  'For the service, inside other functions: has the webhook of a channel told of what is said in it.';

revoke all on function public.channel_listen(public.chat_channels) from public, anon, authenticated, service_role;
grant execute on function public.channel_listen(public.chat_channels) to service_role;

-- A page of a conversation of a channel: what its contact may see, and nothing that only operators see.

create or replace function public.channel_messages(
  p_key text,
  p_id uuid,
  p_limit integer default 50,
  p_before bigint default null,
  p_after bigint default null,
  p_after_rev bigint default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  channel public.chat_channels := public.channel_of_key(p_key);
  conversation jsonb;
begin
  select to_jsonb(shown) into conversation
    from (
      select c.id, c.status, c.handling, c.created_at, c.rev, c.agent, o.external_id, t.thread_key, c.user_id
      from public.chat_conversations c
      join public.chat_contacts o on o.id = c.user_id
      left join public.chat_channel_threads t on t.contact_id = c.user_id and t.conversation_id = c.id
      where c.id = p_id and c.channel = channel.id::text
    ) shown;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('conversation', conversation)
    || public.inbox_page((conversation ->> 'user_id')::uuid, p_id, p_limit, p_before, p_after, p_after_rev);
end
$$;

comment on function public.channel_messages(text, uuid, integer, bigint, bigint, bigint) is
  'For the service: {conversation, messages} of a conversation of the channel behind a key, with has_earlier and has_later, or with has_more where it was asked for what changed after a rev. Raises PT401, PT404.';

revoke all on function public.channel_messages(text, uuid, integer, bigint, bigint, bigint)
  from public, anon, authenticated, service_role;
grant execute on function public.channel_messages(text, uuid, integer, bigint, bigint, bigint) to service_role;

-- The channel that a key opens: called inside every function of the channel's API, so that a key that was taken back opens
-- nothing from that moment on. Only digests are compared, so how long it takes says nothing about a key.

create or replace function public.channel_of_key(p_key text) returns public.chat_channels
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  channel public.chat_channels;
begin
  select * into channel from public.chat_channels c where c.key_digest = p_key and c.deleted_at is null;
  if not found then
    raise exception using errcode = 'PT401', message = 'unauthenticated';
  end if;
  return channel;
end
$$;

comment on function public.channel_of_key(text) is
  'For the service: the channel behind a key, which is given by its digest. Raises PT401 where there is none.';

revoke all on function public.channel_of_key(text) from public, anon, authenticated, service_role;
grant execute on function public.channel_of_key(text) to service_role;

-- Which conversation takes what a contact of a channel writes: the single one, where the channel has that; else that of the
-- thread, or without a thread the newest open one. One that is completed is opened again, one that is full makes room.

create or replace function public.channel_place(
  p_channel public.chat_channels,
  p_contact_id uuid,
  p_thread_key text
) returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  place uuid;
  conversation record;
  former uuid;
begin
  if p_channel.single_thread then
    select t.conversation_id into place from public.chat_channel_threads t
      where t.contact_id = p_contact_id and t.is_single;
    if not found then
      -- What there is goes on: the newest open one, or else the newest.
      select c.id into place from public.chat_conversations c
        where c.user_id = p_contact_id
        order by c.status = 'open' desc, c.last_message_at desc, c.id desc
        limit 1;
      update public.chat_channel_threads t set is_single = true
        where t.contact_id = p_contact_id and t.conversation_id = place;
    end if;
  else
    -- When it is to be one again, it is the newest of then.
    update public.chat_channel_threads t set is_single = false where t.contact_id = p_contact_id and t.is_single;
    if p_thread_key is not null then
      select t.conversation_id into place from public.chat_channel_threads t
        where t.contact_id = p_contact_id and t.thread_key = p_thread_key;
    else
      select c.id into place from public.chat_conversations c
        where c.user_id = p_contact_id and c.status = 'open'
        order by c.last_message_at desc, c.id desc
        limit 1
        for no key update;
    end if;
  end if;

  select c.status, c.message_count into conversation from public.chat_conversations c
    where c.id = place
    for no key update;
  if conversation.message_count >= 5000 then
    update public.chat_channel_threads t set is_single = false, thread_key = null
      where t.contact_id = p_contact_id and t.conversation_id = place;
    if conversation.status = 'open' then
      update public.chat_conversations c set status = 'completed', rev = c.rev + 1 where c.id = place;
      perform public.chat_tell(place, 'conversation.completed');
    end if;
    place := null;
  end if;

  if place is null then
    insert into public.chat_conversations (user_id, channel, handling)
      values (p_contact_id, p_channel.id::text, 'waiting')
      returning id into place;
    insert into public.chat_channel_threads (contact_id, conversation_id, thread_key, is_single)
      values (
        p_contact_id, place, case when not p_channel.single_thread then p_thread_key end, p_channel.single_thread
      );
  elsif conversation.status <> 'open' then
    update public.chat_conversations c set status = 'open', handling = 'waiting', agent = null, rev = c.rev + 1
      where c.id = place;
    select d.assignee_id into former from public.chat_desk d where d.conversation_id = place for update;
    update public.chat_desk d set assignee_id = null, assigned_at = null where d.conversation_id = place;
    perform public.chat_tell(
      place, 'conversation.reopened', jsonb_strip_nulls(jsonb_build_object('formerId', former)),
      p_actor => jsonb_build_object('kind', 'api', 'id', p_channel.id, 'name', p_channel.name)
    );
  end if;
  return place;
end
$$;

comment on function public.channel_place(public.chat_channels, uuid, text) is
  'For the service, inside channel_receive, which holds the contact: the open conversation that takes its next message.';

revoke all on function public.channel_place(public.chat_channels, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.channel_place(public.chat_channels, uuid, text) to service_role;

-- A message comes in by a channel: the one function beside the import that writes what a customer said for somebody else,
-- and only for a contact of the channel whose key was given. The contact is held first, as whoever deletes what is theirs
-- does, so that of many messages at once each finds what the one before made. Who is blocked is refused by the triggers.

create or replace function public.channel_receive(
  p_key text,
  p_contact jsonb,
  p_external_message_id text,
  p_content text,
  p_thread_key text default null,
  p_sent_at timestamptz default null,
  p_request_id uuid default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  channel public.chat_channels := public.channel_of_key(p_key);
  former public.chat_contacts;
  contact public.chat_contacts;
  saved record;
  place uuid;
  message_id uuid;
begin
  if p_contact ->> 'external_id' is not null then
    insert into public.chat_contacts (channel_id, external_id) values (channel.id, p_contact ->> 'external_id')
      on conflict (channel_id, external_id) where channel_id is not null do nothing;
    select * into strict former from public.chat_contacts o
      where o.channel_id = channel.id and o.external_id = p_contact ->> 'external_id'
      for no key update;
  end if;

  select m.id, m.conversation_id, m.user_id, m.content, x.thread_key into saved
    from public.chat_channel_messages x
    join public.chat_messages m on m.id = x.message_id
    where x.channel_id = channel.id and x.external_message_id = p_external_message_id;
  if found then
    if (saved.user_id, saved.content, saved.thread_key) is distinct from (former.id, p_content, p_thread_key) then
      raise exception using errcode = 'PT409', message = 'idempotency_conflict';
    end if;
    return jsonb_build_object('conversation_id', saved.conversation_id, 'message_id', saved.id, 'created', false);
  end if;
  if p_external_message_id is null or p_content is null or former.id is null then
    raise exception using errcode = 'PT422', message = 'invalid';
  end if;
  -- As the database writes it, which is longer than the body that it came in.
  if jsonb_typeof(p_contact -> 'attributes') <> 'object' or octet_length((p_contact -> 'attributes')::text) > 8192 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'contact.attributes';
  end if;

  -- What the other system does not say stays as it is.
  update public.chat_contacts o
    set name = coalesce(p_contact ->> 'name', o.name),
      email = coalesce(p_contact ->> 'email', o.email),
      phone = coalesce(p_contact ->> 'phone', o.phone),
      attributes = coalesce(p_contact -> 'attributes', o.attributes),
      last_seen_at = now()
    where o.id = former.id
    returning * into contact;

  place := public.channel_place(channel, contact.id, p_thread_key);
  if former.last_seen_at is not null and (contact.name, contact.email, contact.phone, contact.attributes)
    is distinct from (former.name, former.email, former.phone, former.attributes)
  then
    perform public.chat_tell(
      place, 'contact.updated', jsonb_build_object('contactId', contact.id),
      p_actor => jsonb_build_object('kind', 'api', 'id', channel.id, 'name', channel.name)
    );
  end if;

  insert into public.chat_messages (
      conversation_id, user_id, role, kind, content, client_message_id, request_id, created_at
    )
    values (
      place, contact.id, 'user', 'text', p_content, gen_random_uuid(), p_request_id,
      -- Of clocks that go before ours nobody is told.
      least(coalesce(p_sent_at, clock_timestamp()), clock_timestamp())
    )
    returning id into message_id;
  insert into public.chat_channel_messages (message_id, channel_id, external_message_id, thread_key)
    values (message_id, channel.id, p_external_message_id, p_thread_key)
    on conflict (channel_id, external_message_id) do nothing;
  if not found then
    -- At this moment, for another contact.
    raise exception using errcode = 'PT409', message = 'idempotency_conflict';
  end if;
  return jsonb_build_object('conversation_id', place, 'message_id', message_id, 'created', true);
end
$$;

comment on function public.channel_receive(text, jsonb, text, text, text, timestamptz, uuid) is
  'For the service: keeps a contact {external_id, name, email, phone, attributes} of the channel behind a key, and writes what it said once; answers {conversation_id, message_id, created}. Raises PT401, PT409 idempotency_conflict, PT403 where it is blocked, PT422.';

revoke all on function public.channel_receive(text, jsonb, text, text, text, timestamptz, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.channel_receive(text, jsonb, text, text, text, timestamptz, uuid) to service_role;

-- How far a message that went out has got. It goes forward only: what comes late or twice changes nothing, and only a new
-- attempt brings back one that failed. Whoever calls it knows that the message is theirs.

create or replace function public.channel_settle(
  p_message_id uuid,
  p_status text,
  p_actor jsonb,
  p_error text default null,
  p_at timestamptz default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  steps constant text[] := array['sent', 'failed', 'delivered', 'read'];
  is_retry constant boolean := p_status = 'sent';
  message public.chat_messages;
  attempts integer;
  counted bigint;
begin
  -- The owner is held first, then the conversation, as by everybody who writes there.
  perform from public.chat_contacts o
    where o.id = (select m.user_id from public.chat_messages m where m.id = p_message_id)
    for key share;
  perform from public.chat_conversations c
    where c.id = (select m.conversation_id from public.chat_messages m where m.id = p_message_id)
    for no key update;
  select * into message from public.chat_messages m where m.id = p_message_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if message.status is null then
    -- It came in.
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'status';
  end if;

  select x.attempt into attempts from public.chat_channel_messages x where x.message_id = p_message_id;
  attempts := coalesce(attempts, 1);
  if is_retry and message.status = 'failed'
    or not is_retry and array_position(steps, p_status) > array_position(steps, message.status)
  then
    update public.chat_conversations c set rev = c.rev + 1 where c.id = message.conversation_id returning c.rev into counted;
    update public.chat_messages m set status = p_status, rev = counted where m.id = p_message_id;
    if is_retry then
      attempts := attempts + 1;
      insert into public.chat_channel_messages (message_id, channel_id, attempt)
        select p_message_id, c.channel::uuid, attempts
        from public.chat_conversations c
        where c.id = message.conversation_id
        on conflict (message_id) do update set attempt = excluded.attempt;
      -- It goes out once more, as what happened then.
      perform public.webhook_tell(h.webhook_id, a.id, p_round => attempts, p_has_content => true)
        from public.chat_conversations c
        join public.chat_channels h on h.id::text = c.channel and h.webhook_id is not null
        join public.chat_activities a
          on a.conversation_id = c.id and a.type = 'message.created' and a.data ->> 'messageId' = p_message_id::text
        where c.id = message.conversation_id;
    end if;
    perform public.chat_tell(
      message.conversation_id, 'message.status_changed', jsonb_strip_nulls(jsonb_build_object(
        'messageId', p_message_id, 'role', message.role, 'kind', message.kind, 'seq', message.seq, 'rev', counted,
        'status', p_status, 'former', message.status, 'error', p_error, 'at', p_at,
        'attempt', case when is_retry then attempts end
      )), p_actor => p_actor
    );
    message.status := p_status;
  end if;
  return jsonb_build_object('id', p_message_id, 'status', message.status, 'attempt', attempts);
end
$$;

comment on function public.channel_settle(uuid, text, jsonb, text, timestamptz) is
  'For the service, inside other functions: takes a message of a channel to delivered, read or failed, or after a failure to sent, which is a new attempt; answers {id, status, attempt} as it is then. p_actor is {kind, id, name}. Raises PT404, PT422.';

revoke all on function public.channel_settle(uuid, text, jsonb, text, timestamptz)
  from public, anon, authenticated, service_role;
grant execute on function public.channel_settle(uuid, text, jsonb, text, timestamptz) to service_role;

-- The other system tells what became of a message that went out by its channel, or wants it sent once more.

create or replace function public.channel_status(
  p_key text,
  p_message_id uuid,
  p_status text,
  p_error text default null,
  p_at timestamptz default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  channel public.chat_channels := public.channel_of_key(p_key);
begin
  perform from public.chat_messages m
    join public.chat_conversations c on c.id = m.conversation_id and c.channel = channel.id::text
    where m.id = p_message_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if p_status is null or p_status not in ('delivered', 'read', 'failed', 'sent') then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'status';
  end if;
  return public.channel_settle(
    p_message_id, p_status, jsonb_build_object('kind', 'api', 'id', channel.id, 'name', channel.name), p_error, p_at
  );
end
$$;

comment on function public.channel_status(text, uuid, text, text, timestamptz) is
  'For the service: what the channel behind a key says of a message of its own; sent is a new attempt of one that failed. Answers {id, status, attempt}. Raises PT401, PT404, PT422.';

revoke all on function public.channel_status(text, uuid, text, text, timestamptz)
  from public, anon, authenticated, service_role;
grant execute on function public.channel_status(text, uuid, text, text, timestamptz) to service_role;

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
        coalesce(h.id, new.user_id), coalesce(h.name, o.name)
      from (select) one
      left join public.chat_contacts o on o.id = new.user_id
      left join public.chat_channels h on new.channel <> 'web' and h.id::text = new.channel;
  end if;
  return null;
end
$$;

comment on function private.follow_conversation() is
  'Trigger: keeps the desk of a conversation as the conversation is, and tells that one was opened.';

revoke all on function private.follow_conversation() from public, anon, authenticated, service_role;

-- An operator changes a conversation: who has it, who handles it, whether it is open; labels, priority, snooze, block.
-- What the flow says about it comes along (p_reply) and is written in the same transaction, or neither is.

create or replace function public.inbox_change(
  p_user_id uuid,
  p_id uuid,
  p_if_rev bigint,
  p_changes jsonb,
  p_reply jsonb default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  is_guarded constant boolean := p_changes ?| array['assignee_id', 'handling', 'status'];
  status constant text := p_changes ->> 'status';
  handling constant text := p_changes ->> 'handling';
  conversation record;
  desk record;
  assignee public.chat_operators;
begin
  -- Who deletes an account, or moves what is a guest's, holds the contact and waits for its conversations.
  if p_changes ? 'blocked' then
    perform from public.chat_contacts p
      where p.id = (select c.user_id from public.chat_conversations c where c.id = p_id)
      for no key update;
  else
    perform from public.chat_contacts p
      where p.id = (select c.user_id from public.chat_conversations c where c.id = p_id)
      for key share;
  end if;
  select c.user_id, c.status, c.handling, c.channel, c.rev, c.last_seq, c.message_count into conversation
    from public.chat_conversations c where c.id = p_id
    for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  select d.assignee_id, d.changes into desk from public.chat_desk d where d.conversation_id = p_id for update;

  if is_guarded
    and conversation.status <> 'open'
    and (status is distinct from 'open' or conversation.message_count >= 5000)
  then
    raise exception using errcode = 'PT409', message = 'conversation_completed';
  end if;
  if p_if_rev <> conversation.rev + desk.changes then
    raise exception using errcode = 'PT409', message = 'conversation_changed', detail = public.inbox_row(p_id)::text;
  end if;
  perform public.inbox_check_changes(p_changes);
  if is_guarded and p_if_rev is null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'if_rev';
  end if;
  if handling = 'bot' and conversation.channel <> 'web' then
    -- Nobody could click there on what it says.
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'handling';
  end if;

  if status = 'open' and conversation.status <> 'open' then
    update public.chat_conversations c set status = 'open', rev = c.rev + 1 where c.id = p_id;
    -- Nobody has waited, and who opens it wants to see it.
    update public.chat_desk d set waiting_since = null, snoozed_until = null where d.conversation_id = p_id;
    -- It is a person's again: who had it, where they are still there, else who opened it.
    select * into assignee from public.chat_operators o
      where o.id = desk.assignee_id and o.is_active and o.user_id is not null;
    if not found then
      assignee := operator;
    end if;
    perform public.inbox_tell(operator, p_id, 'conversation.reopened');
    perform public.inbox_assign(operator, p_id, assignee, 'agent');
    conversation.handling := 'agent';
    desk.assignee_id := assignee.id;
  end if;
  if p_changes ->> 'assignee_id' is not null then
    -- Of somebody who is made inactive at this moment, inbox_return_idle takes it back.
    select * into assignee from public.chat_operators o
      where o.id = (p_changes ->> 'assignee_id')::uuid and o.is_active and o.user_id is not null;
    if not found then
      raise exception using errcode = 'PT422', message = 'invalid', detail = 'assignee_id';
    end if;
    perform public.inbox_assign(operator, p_id, assignee, 'agent');
  elsif handling = 'agent' and (conversation.handling <> 'agent' or desk.assignee_id is null) then
    perform public.inbox_assign(operator, p_id, operator, 'agent');
  elsif handling = 'waiting' or (p_changes ? 'assignee_id' and conversation.handling <> 'bot') then
    perform public.inbox_assign(operator, p_id, null, 'waiting');
    if conversation.handling = 'bot' then
      perform public.inbox_tell(operator, p_id, 'conversation.handed_over', '{"handling": "waiting"}');
    end if;
  elsif (handling = 'bot' and conversation.handling <> 'bot') or status = 'completed' then
    perform public.inbox_speak(operator, p_id, coalesce(handling, status), p_reply);
  end if;
  perform public.inbox_sort(operator, p_id, p_changes);
  perform public.inbox_seen(operator.id);

  return jsonb_build_object(
    'conversation', public.inbox_row(p_id),
    'messages', (
      select coalesce(jsonb_agg(public.inbox_message(m) order by m.seq), '[]')
      from public.chat_messages m
      where m.user_id = conversation.user_id and m.conversation_id = p_id and m.seq > conversation.last_seq
    )
  );
end
$$;

comment on function public.inbox_change(uuid, uuid, bigint, jsonb, jsonb) is
  'For the service: changes {assignee_id, handling, status} of the state that p_if_rev counts, and {add_labels, remove_labels, priority, snoozed_until, blocked} of any; with p_reply the flow speaks. Answers {conversation, messages: what was said}. Raises PT403, PT404, PT409 conversation_completed and conversation_changed (detail: as it is now), PT422.';

revoke all on function public.inbox_change(uuid, uuid, bigint, jsonb, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_change(uuid, uuid, bigint, jsonb, jsonb) to service_role;

-- A channel as operators see it. Of its key nobody sees more than that there is one.

create or replace function public.inbox_channel(p_channel public.chat_channels) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_channel.id,
    'name', p_channel.name,
    'single_thread', p_channel.single_thread,
    'webhook_id', p_channel.webhook_id,
    'has_key', p_channel.key_digest is not null,
    'created_at', p_channel.created_at
  )
$$;

comment on function public.inbox_channel(public.chat_channels) is
  'For the service, inside other functions: a channel as operators see it.';

revoke all on function public.inbox_channel(public.chat_channels) from public, anon, authenticated, service_role;
grant execute on function public.inbox_channel(public.chat_channels) to service_role;

-- The channels that there are: conversations name them.

create or replace function public.inbox_channels(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('channels', (
    select coalesce(jsonb_agg(public.inbox_channel(c) order by c.created_at, c.id), '[]')
    from public.chat_channels c
    where c.deleted_at is null
  ));
end
$$;

comment on function public.inbox_channels(uuid) is 'For the service: {channels}, oldest first. Raises PT403.';

revoke all on function public.inbox_channels(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_channels(uuid) to service_role;

-- What stands beside a conversation when an operator opens it. What was said comes in pages (inbox_messages).

create or replace function public.inbox_conversation(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  owner uuid;
begin
  select c.user_id into owner from public.chat_conversations c where c.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object(
    'conversation', public.inbox_row(p_id),
    'contact', (
      select to_jsonb(who)
      from (
        select
          p.id, p.name, p.email, p.phone, p.is_guest, p.locale, p.attributes, p.blocked_at, p.last_seen_at,
          p.last_page_url, p.user_agent, p.created_at, p.external_id
        from public.chat_contacts p
        where p.id = owner
      ) who
    ),
    'labels', (
      select coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'color', l.color) order by lower(l.name)), '[]')
      from public.chat_conversation_labels cl
      join public.chat_labels l on l.id = cl.label_id
      where cl.conversation_id = p_id
    ),
    'notes', (
      select coalesce(jsonb_agg(public.inbox_note(n) order by n.created_at, n.id), '[]')
      from (
        select w.* from public.chat_notes w where w.conversation_id = p_id order by w.created_at desc, w.id desc limit 200
      ) n
    ),
    'activities', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.created_at, shown.id), '[]')
      from (
        select a.id, a.type, a.actor_kind, a.actor_id, a.actor_name, a.data, a.created_at
        from public.chat_activities a
        where a.conversation_id = p_id
          and a.type <> 'message.created'
          -- That all went well stands at the message.
          and not (a.type = 'message.status_changed' and a.data ->> 'status' in ('delivered', 'read'))
        order by a.created_at desc, a.id desc
        limit 100
      ) shown
    ),
    'inquiries', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.created_at, shown.id), '[]')
      from (
        select i.id, i.message_id, i.step_id, i.values, i.normal, i.locale, i.status, i.created_at, i.done_at
        from public.chat_inquiries i
        where i.user_id = owner and i.conversation_id = p_id
        order by i.created_at desc, i.id desc
        limit 20
      ) shown
    ),
    'former', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.last_message_at desc, shown.id desc), '[]')
      from (
        select s.id, s.status, s.created_at, s.last_message_at, s.title
        from public.chat_conversation_summaries s
        where s.user_id = owner and s.id <> p_id
        order by s.last_message_at desc, s.id desc
        limit 20
      ) shown
    ),
    'viewers', (
      select coalesce(jsonb_agg(public.inbox_person(o) order by o.display_name, o.id), '[]')
      from public.chat_presence v
      join public.chat_operators o on o.id = v.operator_id
      where v.conversation_id = p_id and v.seen_at > now() - interval '60 seconds' and o.is_active and o.user_id is not null
    )
  );
end
$$;

comment on function public.inbox_conversation(uuid, uuid) is
  'For the service: {conversation, contact, labels, notes, activities, inquiries, former, viewers} of any conversation: the newest 200 notes, 100 activities other than messages and their way, 20 inquiries and 20 other conversations of the contact. Raises PT403, PT404.';

revoke all on function public.inbox_conversation(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_conversation(uuid, uuid) to service_role;

-- An admin deletes a channel: its key opens nothing any more and nothing goes out. Its conversations stay and name it.

create or replace function public.inbox_delete_channel(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  channel public.chat_channels;
  former jsonb;
begin
  select public.inbox_channel(c) - 'created_at' into former
    from public.chat_channels c where c.id = p_id and c.deleted_at is null for no key update;
  update public.chat_channels c set deleted_at = now(), key_digest = null, webhook_id = null
    where c.id = p_id and c.deleted_at is null
    returning * into channel;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.channel_listen(channel);
  perform public.inbox_tell_setting(operator, 'channel', channel.id, channel.name, former, null);
  return jsonb_build_object('id', channel.id);
end
$$;

comment on function public.inbox_delete_channel(uuid, uuid) is
  'For the service: deletes a channel and answers {id}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_delete_channel(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_channel(uuid, uuid) to service_role;

-- A page of anybody's conversation, as its customer gets it.

create or replace function public.inbox_messages(
  p_user_id uuid,
  p_id uuid,
  p_limit integer default 50,
  p_before bigint default null,
  p_after bigint default null,
  p_after_rev bigint default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  owner uuid;
begin
  select c.user_id into owner from public.chat_conversations c where c.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;

  return jsonb_build_object('conversation', public.inbox_row(p_id))
    || public.inbox_page(owner, p_id, p_limit, p_before, p_after, p_after_rev);
end
$$;

comment on function public.inbox_messages(uuid, uuid, integer, bigint, bigint, bigint) is
  'For the service: {conversation, messages} of any conversation, with has_earlier and has_later, or with has_more where it was asked for what changed after a rev. Raises PT403, PT404.';

revoke all on function public.inbox_messages(uuid, uuid, integer, bigint, bigint, bigint)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_messages(uuid, uuid, integer, bigint, bigint, bigint) to service_role;

-- Messages of a conversation: by place (the newest, those before a number, those after one), or by what changed after a
-- rev. At most 200 messages and 4 MB; one message is always shown. Whoever calls it knows that who asks may read them.

create or replace function public.inbox_page(
  p_owner uuid,
  p_id uuid,
  p_limit integer,
  p_before bigint,
  p_after bigint,
  p_after_rev bigint
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
  -- A plain number, so that the index ends there.
  before constant bigint := coalesce(p_before, 9223372036854775807);
  found_rows public.chat_messages[];
  page jsonb;
  shown integer;
  first_seq bigint;
  last_seq bigint;
begin
  -- In the order in which the page may be cut short.
  if p_after_rev is not null then
    found_rows := array(
      select m from public.chat_messages m
      where m.user_id = p_owner and m.conversation_id = p_id and m.rev > p_after_rev
      order by m.rev limit size + 1
    );
  elsif p_after is not null then
    found_rows := array(
      select m from public.chat_messages m
      where m.user_id = p_owner and m.conversation_id = p_id and m.seq > p_after
      order by m.seq limit size
    );
  else
    found_rows := array(
      select m from public.chat_messages m
      where m.user_id = p_owner and m.conversation_id = p_id and m.seq < before
      order by m.seq desc limit size
    );
  end if;
  select coalesce(jsonb_agg(w.message order by case when p_after_rev is null then w.seq else w.place end), '[]'),
      count(*), min(w.seq), max(w.seq)
    into page, shown, first_seq, last_seq
    from (
      select s.message, s.seq, s.place, sum(octet_length(s.message::text)) over (order by s.place) as bytes
      from (
        select public.inbox_message(f) as message, f.seq, row_number() over () as place from unnest(found_rows) f
      ) s
    ) w
    where w.place = 1 or (w.place <= size and w.bytes <= 4194304);

  return jsonb_build_object('messages', page) || case
    when p_after_rev is not null then jsonb_build_object('has_more', shown < cardinality(found_rows))
    else jsonb_build_object(
      'has_earlier', exists (
        select from public.chat_messages w
        where w.user_id = p_owner and w.conversation_id = p_id and w.seq < first_seq
      ),
      'has_later', exists (
        select from public.chat_messages w
        where w.user_id = p_owner and w.conversation_id = p_id and w.seq > last_seq
      )
    )
  end;
end
$$;

comment on function public.inbox_page(uuid, uuid, integer, bigint, bigint, bigint) is
  'For the service, inside other functions: {messages} of a conversation and its owner, with has_earlier and has_later, or with has_more where it was asked for what changed after a rev.';

revoke all on function public.inbox_page(uuid, uuid, integer, bigint, bigint, bigint)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_page(uuid, uuid, integer, bigint, bigint, bigint) to service_role;

-- An operator sends a message once more that did not get through its channel.

create or replace function public.inbox_retry(p_user_id uuid, p_id uuid, p_message_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  perform from public.chat_messages m where m.id = p_message_id and m.conversation_id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return public.channel_settle(
    p_message_id, 'sent', jsonb_build_object('kind', 'operator', 'id', operator.id, 'name', operator.display_name)
  );
end
$$;

comment on function public.inbox_retry(uuid, uuid, uuid) is
  'For the service: a new attempt of a message that failed in its channel; answers {id, status, attempt}. Raises PT403, PT404, and PT422 for what did not go out.';

revoke all on function public.inbox_retry(uuid, uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_retry(uuid, uuid, uuid) to service_role;

-- An admin makes a channel or changes it: its name, whether a contact has one conversation, where answers go, its key.

create or replace function public.inbox_save_channel(p_user_id uuid, p_id uuid, p_values jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  channel public.chat_channels;
  former jsonb;
begin
  if p_id is not null then
    select * into channel from public.chat_channels c where c.id = p_id and c.deleted_at is null for no key update;
    if not found then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
    former := public.inbox_channel(channel) - 'created_at';
  end if;
  channel.name := coalesce(p_values ->> 'name', channel.name);
  channel.single_thread := coalesce((p_values ->> 'single_thread')::boolean, channel.single_thread, false);
  channel.webhook_id := case when p_values ? 'webhook_id' then (p_values ->> 'webhook_id')::uuid else channel.webhook_id end;
  channel.key_digest := case when p_values ? 'key_digest' then p_values ->> 'key_digest' else channel.key_digest end;
  if channel.name is null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'name';
  end if;

  begin
    if p_id is null then
      insert into public.chat_channels (name, single_thread, webhook_id, key_digest)
        values (channel.name, channel.single_thread, channel.webhook_id, channel.key_digest)
        returning * into channel;
    else
      update public.chat_channels c
        set name = channel.name,
          single_thread = channel.single_thread,
          webhook_id = channel.webhook_id,
          key_digest = channel.key_digest
        where c.id = p_id;
    end if;
  exception when foreign_key_violation then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'webhook_id';
  end;
  perform public.channel_listen(channel);
  if (former ->> 'has_key')::boolean and p_values ->> 'key_digest' is not null then
    -- One key in place of another: of both nobody sees more than that there is one.
    perform public.inbox_tell(operator, null, 'settings.changed', jsonb_build_object(
      'what', 'channel', 'id', channel.id, 'name', channel.name, 'rotated', true
    ));
  end if;
  perform public.inbox_tell_setting(
    operator, 'channel', channel.id, channel.name, former, public.inbox_channel(channel) - 'created_at'
  );
  return jsonb_build_object('channel', public.inbox_channel(channel), 'created', p_id is null);
end
$$;

comment on function public.inbox_save_channel(uuid, uuid, jsonb) is
  'For the service: makes (p_id null) or changes a channel {name, single_thread, webhook_id, key_digest}; answers {channel, created}. Admins only. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_save_channel(uuid, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_channel(uuid, uuid, jsonb) to service_role;

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

-- What was said is something that happened. What an operator writes is told by the function that writes it. Which rule
-- speaks, if one does, stands in `munui.speaker` while it writes.

create or replace function private.tell_message() returns trigger
language plpgsql
-- A member causes this and may not write activities, so this runs as its owner. Nobody can call it, and it tells of what
-- was written.
security definer
set search_path = ''
as $$
declare
  speaker constant jsonb := nullif(current_setting('munui.speaker', true), '');
begin
  insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
    select
      m.conversation_id,
      'message.created',
      case
        when m.role = 'system' and speaker is not null then 'rule'
        when m.role <> 'user' then 'bot'
        when c.channel <> 'web' then 'api'
        when o.is_guest then 'guest'
        else 'member'
      end,
      -- What came in by a channel, its key has brought.
      case when m.role = 'system' and speaker is not null then (speaker ->> 'id')::uuid else coalesce(h.id, o.id) end,
      case when m.role = 'system' and speaker is not null then speaker ->> 'name' else coalesce(h.name, o.name) end,
      jsonb_build_object('messageId', m.id, 'role', m.role, 'kind', m.kind, 'seq', m.seq, 'rev', m.rev)
    from said m
    left join public.chat_conversations c on m.role = 'user' and c.id = m.conversation_id
    left join public.chat_contacts o on o.id = c.user_id
    left join public.chat_channels h on c.channel <> 'web' and h.id::text = c.channel
    where m.author is null
    order by m.seq;
  return null;
end
$$;

comment on function private.tell_message() is
  'Trigger: writes the activity message.created for what a customer, the bot, a rule or the service said.';

revoke all on function private.tell_message() from public, anon, authenticated, service_role;

-- What is to be sent, whither, and signed with what (both secrets encrypted, the one of before for a day).

create or replace function public.webhook_delivery(p_id uuid) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', d.id,
    'state', d.state,
    'attempts', d.attempts,
    'type', d.type,
    'rev', d.rev,
    'round', d.round,
    'rule_id', d.rule_id,
    'created_at', d.created_at,
    'webhook', jsonb_build_object(
      'id', w.id,
      'url', w.url,
      'is_active', w.is_active,
      'secret', w.secret,
      'previous_secret', case when w.rotated_at > now() - interval '1 day' then w.previous_secret end
    ),
    'activity', case when a.id is not null then to_jsonb(a) end,
    'contact_id', c.user_id,
    'message', (
      select public.inbox_message(m) from public.chat_messages m
      where d.has_content and m.conversation_id = d.conversation_id and m.id::text = a.data ->> 'messageId'
    ),
    'channel', (
      select jsonb_build_object('id', o.channel_id, 'external_id', o.external_id, 'thread_key', t.thread_key)
      from public.chat_contacts o
      left join public.chat_channel_threads t on t.contact_id = o.id and t.conversation_id = d.conversation_id
      where d.has_content and o.id = c.user_id and o.channel_id is not null
    )
  )
  from public.chat_deliveries d
  join public.chat_webhooks w on w.id = d.webhook_id
  left join public.chat_activities a on a.id = d.activity_id
  left join public.chat_conversations c on c.id = d.conversation_id
  where d.id = p_id
$$;

comment on function public.webhook_delivery(uuid) is
  'For the service: what is to be sent, whither, and signed with what: {state, attempts, type, rev, round, rule_id, created_at, webhook, activity, contact_id, message, channel}; null where there is no such delivery.';

revoke all on function public.webhook_delivery(uuid) from public, anon, authenticated, service_role;
grant execute on function public.webhook_delivery(uuid) to service_role;
