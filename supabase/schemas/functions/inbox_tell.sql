-- What an operator did, as an activity: of a conversation, or of the team's settings where none is named. A rule does the
-- same things as somebody whose role is `rule`, which nobody of the team has (see rule_actor).

create or replace function public.inbox_tell(
  p_operator public.chat_operators,
  p_conversation_id uuid,
  p_type text,
  p_data jsonb default '{}'
) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
  values (
    p_conversation_id, p_type, case p_operator.role when 'rule' then 'rule' else 'operator' end, p_operator.id,
    p_operator.display_name, p_data
  )
$$;

comment on function public.inbox_tell(public.chat_operators, uuid, text, jsonb) is
  'For the service, inside other functions: writes the activity of an operator or a rule.';

revoke all on function public.inbox_tell(public.chat_operators, uuid, text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_tell(public.chat_operators, uuid, text, jsonb) to service_role;
