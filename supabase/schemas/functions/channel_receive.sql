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
