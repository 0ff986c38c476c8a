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
