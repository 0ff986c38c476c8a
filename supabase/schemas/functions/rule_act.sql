-- One action of a rule. The caller holds owner, conversation and desk. What is so already is done. Raises what stands in the
-- run as the error of this action.

create or replace function public.rule_act(
  p_actor public.chat_operators,
  p_id uuid,
  p_action jsonb,
  p_reply jsonb default null,
  p_activity_id uuid default null
) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  what constant text := p_action ->> 'type';
  conversation record;
  operator public.chat_operators;
  told uuid := p_activity_id;
  note_id uuid;
begin
  select c.user_id, c.status, c.handling, c.channel, c.message_count, c.rating, c.rating_asked_at into conversation
    from public.chat_conversations c where c.id = p_id;
  if conversation.status <> 'open' and what in ('sendMessage', 'assign', 'unassign', 'handOver')
    or what = 'reopen' and conversation.message_count >= 5000
  then
    raise exception using errcode = 'PT409', message = 'conversation_completed';
  end if;
  if what in ('addLabel', 'removeLabel') and not exists (
    select from public.chat_labels l where lower(l.name) = lower(normalize(p_action ->> 'label'))
  ) then
    raise exception using errcode = 'PT422', message = 'unknown_label';
  end if;

  case what
    when 'sendMessage' then
      if conversation.message_count >= 5000 then
        raise exception using errcode = 'PT409', message = 'conversation_completed';
      end if;
      -- The service's own words: no author.
      perform set_config(
        'munui.speaker', jsonb_build_object('id', p_actor.id, 'name', p_actor.display_name)::text, true
      );
      insert into public.chat_messages (conversation_id, user_id, role, kind, content)
        values (p_id, conversation.user_id, 'system', 'text', p_action ->> 'content');
      perform set_config('munui.speaker', '', true);
    when 'addLabel' then
      perform public.inbox_sort(p_actor, p_id, jsonb_build_object('add_labels', jsonb_build_array(p_action -> 'label')));
    when 'removeLabel' then
      perform public.inbox_sort(p_actor, p_id, jsonb_build_object('remove_labels', jsonb_build_array(p_action -> 'label')));
    when 'setPriority' then
      perform public.inbox_sort(p_actor, p_id, jsonb_build_object('priority', p_action -> 'priority'));
    when 'snooze' then
      perform public.inbox_sort(p_actor, p_id, jsonb_build_object(
        'snoozed_until', now() + make_interval(mins => (p_action ->> 'minutes')::integer)
      ));
    when 'assign' then
      select * into operator from public.chat_operators o
        where o.id = (p_action ->> 'operatorId')::uuid and o.is_active and o.user_id is not null;
      if not found then
        raise exception using errcode = 'PT422', message = 'unknown_operator';
      end if;
      perform public.inbox_assign(p_actor, p_id, operator, 'agent');
    when 'unassign' then
      if conversation.handling = 'agent' then
        perform public.inbox_assign(p_actor, p_id, null, 'waiting');
      end if;
    when 'handOver' then
      if conversation.handling = 'bot' then
        perform public.rule_need_reply(conversation.channel, p_reply);
        perform public.inbox_speak(p_actor, p_id, 'waiting', p_reply);
      end if;
    when 'complete' then
      if conversation.status = 'open' then
        perform public.rule_need_reply(conversation.channel, p_reply);
        perform public.inbox_speak(p_actor, p_id, 'completed', p_reply);
      end if;
    when 'reopen' then
      if conversation.status <> 'open' then
        update public.chat_conversations c set status = 'open', rev = c.rev + 1 where c.id = p_id;
        update public.chat_desk d set waiting_since = null, snoozed_until = null where d.conversation_id = p_id;
        perform public.inbox_tell(p_actor, p_id, 'conversation.reopened');
        -- It is a person's again: who had it, where they are still there; else somebody is wanted.
        select o.* into operator
          from public.chat_desk d
          join public.chat_operators o on o.id = d.assignee_id and o.is_active and o.user_id is not null
          where d.conversation_id = p_id;
        perform public.inbox_assign(p_actor, p_id, operator, case when operator.id is null then 'waiting' else 'agent' end);
      end if;
    when 'addNote' then
      insert into public.chat_notes (conversation_id, rule_id, rule_name, client_note_id, content)
        values (p_id, p_actor.id, p_actor.display_name, gen_random_uuid(), p_action ->> 'content')
        returning id into note_id;
      perform public.inbox_touch(p_id);
      perform public.inbox_tell(p_actor, p_id, 'note.created', jsonb_build_object('noteId', note_id));
    when 'askRating' then
      -- Only in the web chat somebody sees the question.
      if conversation.channel <> 'web' then
        raise exception using errcode = 'PT422', message = 'not_in_this_channel';
      end if;
      -- Asked and not answered yet is asked.
      if conversation.rating_asked_at is null
        or conversation.rating_asked_at < now() - interval '14 days'
        or (conversation.rating ->> 'rated_at')::timestamptz >= conversation.rating_asked_at
      then
        update public.chat_conversations c set rating_asked_at = now(), rev = c.rev + 1 where c.id = p_id;
        perform public.inbox_tell(p_actor, p_id, 'conversation.rating_asked');
      end if;
    when 'callWebhook' then
      if not exists (
        select from public.chat_webhooks w where w.id = (p_action ->> 'webhookId')::uuid and w.is_active
      ) then
        raise exception using errcode = 'PT422', message = 'unknown_webhook';
      end if;
      if told is null then
        -- The clock set it off: that the rule ran is all that happened.
        insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name)
          values (p_id, 'rule.ran', 'rule', p_actor.id, p_actor.display_name)
          returning id into told;
      end if;
      perform public.webhook_tell((p_action ->> 'webhookId')::uuid, told, p_actor.id);
  end case;
end
$$;

comment on function public.rule_act(public.chat_operators, uuid, jsonb, jsonb, uuid) is
  'For the service, inside other functions that hold owner, conversation and desk: does one action of a rule. Raises what is in the way of it.';

revoke all on function public.rule_act(public.chat_operators, uuid, jsonb, jsonb, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_act(public.chat_operators, uuid, jsonb, jsonb, uuid) to service_role;
