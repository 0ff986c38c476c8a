-- A conversation ends, goes back to the bot, or from it to people, and the flow says so where there is one: no flow runs in
-- a channel's.

create or replace function public.inbox_speak(
  p_operator public.chat_operators,
  p_id uuid,
  p_to text,
  p_reply jsonb
) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  former constant uuid := (select d.assignee_id from public.chat_desk d where d.conversation_id = p_id);
  written jsonb;
begin
  if p_to = 'bot' and former is not null then
    perform public.inbox_tell(
      p_operator, p_id, 'conversation.unassigned', jsonb_build_object('assigneeId', null, 'formerId', former)
    );
  end if;
  if p_reply is not null then
    written := public.chat_reply(
      p_user_id => (select c.user_id from public.chat_conversations c where c.id = p_id),
      p_conversation_id => p_id,
      p_message_id => null,
      p_state_version => (p_reply ->> 'state_version')::bigint,
      p_state => p_reply -> 'state',
      p_status => p_reply ->> 'status',
      p_turns => p_reply -> 'turns',
      p_flow_version => p_reply ->> 'flow_version',
      p_flow => nullif(p_reply -> 'flow', 'null'),
      p_known_flows => array[p_reply ->> 'flow_version'],
      p_handling => p_reply ->> 'handling',
      p_change => jsonb_build_object(
        case p_to when 'completed' then 'status' else 'handling' end, p_to,
        'actor', jsonb_build_object(
          'kind', case p_operator.role when 'rule' then 'rule' else 'operator' end,
          'id', p_operator.id,
          'name', p_operator.display_name
        )
      )
    );
    if not (written ->> 'applied')::boolean then
      -- The flow went on since it was asked: it must be asked again.
      raise exception using errcode = 'PT409', message = 'conversation_changed', detail = public.inbox_row(p_id)::text;
    end if;
  elsif p_to = 'completed' then
    update public.chat_conversations c set status = 'completed', rev = c.rev + 1 where c.id = p_id;
    perform public.inbox_tell(p_operator, p_id, 'conversation.completed');
  elsif p_to = 'waiting' then
    update public.chat_conversations c set handling = 'waiting', rev = c.rev + 1 where c.id = p_id;
    perform public.inbox_tell(p_operator, p_id, 'conversation.handed_over', '{"handling": "waiting"}');
  else
    -- Its trigger clears the desk.
    update public.chat_conversations c
      set handling = 'bot', agent = null, handled_seq = c.last_seq, rev = c.rev + 1
      where c.id = p_id;
    perform public.inbox_tell(p_operator, p_id, 'conversation.handed_over', '{"handling": "bot"}');
  end if;
  if p_to <> 'waiting' then
    -- Nobody is owed an answer any more.
    update public.chat_desk d
      set waiting_since = null, snoozed_until = case when p_to = 'bot' then d.snoozed_until end
      where d.conversation_id = p_id;
  end if;
end
$$;

comment on function public.inbox_speak(public.chat_operators, uuid, text, jsonb) is
  'For the service, inside other functions that hold the conversation: to completed, to bot or to waiting, with what the flow says. Raises PT409 conversation_changed where the flow has gone on meanwhile.';

revoke all on function public.inbox_speak(public.chat_operators, uuid, text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_speak(public.chat_operators, uuid, text, jsonb) to service_role;
