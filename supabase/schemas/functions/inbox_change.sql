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
