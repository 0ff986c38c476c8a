-- An operator answers: once, however often it is sent. Where nobody had the conversation, it is theirs from then on.

create or replace function public.inbox_reply(
  p_user_id uuid,
  p_id uuid,
  p_client_message_id uuid,
  p_content text,
  p_seen_rev bigint default null,
  p_request_id uuid default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  conversation record;
  desk record;
  message public.chat_messages;
begin
  -- The owner is held first, as chat_reply does.
  perform from public.chat_contacts o
    where o.id = (select c.user_id from public.chat_conversations c where c.id = p_id)
    for key share;
  -- Two of the same wait for each other here, and the second finds what the first wrote.
  select c.user_id, c.status, c.handling, c.message_count into conversation
    from public.chat_conversations c where c.id = p_id
    for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  select d.assignee_id, d.customer_rev into desk from public.chat_desk d where d.conversation_id = p_id for update;

  select * into message from public.chat_messages m
    where m.conversation_id = p_id and m.client_message_id = p_client_message_id;
  if found then
    if message.author is null or message.content is distinct from p_content then
      raise exception using errcode = 'PT409', message = 'idempotency_conflict';
    end if;
    return jsonb_build_object(
      'conversation', public.inbox_row(p_id), 'message', public.inbox_message(message), 'created', false
    );
  end if;
  if conversation.status <> 'open' or conversation.message_count >= 5000 then
    raise exception using errcode = 'PT409', message = 'conversation_completed';
  end if;
  if p_seen_rev < desk.customer_rev then
    raise exception using errcode = 'PT409', message = 'conversation_changed', detail = public.inbox_row(p_id)::text;
  end if;
  if p_client_message_id is null or coalesce(p_content, '') !~ '\S' or char_length(p_content) > 4000 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'content';
  end if;

  -- What belongs to somebody who may do nothing any more is free.
  if conversation.handling <> 'agent' or not exists (
    select from public.chat_operators o where o.id = desk.assignee_id and o.is_active and o.user_id is not null
  ) then
    perform public.inbox_assign(operator, p_id, operator, 'agent');
    desk.assignee_id := operator.id;
  end if;
  insert into public.chat_messages (conversation_id, user_id, role, kind, content, client_message_id, request_id, author)
    values (
      p_id, conversation.user_id, 'system', 'text', p_content, p_client_message_id, p_request_id,
      jsonb_build_object('name', operator.display_name, 'avatarUrl', operator.avatar_url)
    )
    returning * into message;
  update public.chat_desk d
    set waiting_since = null, first_answered_at = coalesce(d.first_answered_at, now()), answered_seq = message.seq
    where d.conversation_id = p_id;
  -- Who answers is there.
  perform public.inbox_seen(operator.id);
  update public.chat_typing t set typed_at = '-infinity' where t.conversation_id = p_id and t.operator_id = operator.id;
  perform public.inbox_tell(operator, p_id, 'message.created', jsonb_build_object(
    'messageId', message.id, 'role', message.role, 'kind', message.kind, 'seq', message.seq, 'rev', message.rev,
    -- Whose conversation it was: somebody else's, where a colleague helped.
    'assigneeId', desk.assignee_id
  ));
  return jsonb_build_object(
    'conversation', public.inbox_row(p_id), 'message', public.inbox_message(message), 'created', true
  );
end
$$;

comment on function public.inbox_reply(uuid, uuid, uuid, text, bigint, uuid) is
  'For the service: writes an operator''s message once; answers {conversation, message, created}. Raises PT403, PT404, PT409 idempotency_conflict, conversation_completed and conversation_changed (detail: as it is now), PT422.';

revoke all on function public.inbox_reply(uuid, uuid, uuid, text, bigint, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_reply(uuid, uuid, uuid, text, bigint, uuid) to service_role;
