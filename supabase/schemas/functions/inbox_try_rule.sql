-- What the actions of a rule would come to: they are done, and undone. Nothing of it is kept or told.

create or replace function public.inbox_try_rule(
  p_user_id uuid,
  p_id uuid,
  p_conversation_id uuid,
  p_activity_id uuid,
  p_replies jsonb default '{}'
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  rule public.chat_rules;
  results jsonb;
begin
  begin
    select * into rule from public.chat_rules r where r.id = p_id;
    if not found or public.rule_hold(p_conversation_id) is null then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
    results := public.rule_do(rule, p_conversation_id, p_activity_id, '{}', p_replies);
    raise exception using errcode = 'MU000', message = 'undone';
  exception when sqlstate 'MU000' then
    null;
  end;
  return jsonb_build_object('actions', results);
end
$$;

comment on function public.inbox_try_rule(uuid, uuid, uuid, uuid, jsonb) is
  'For the service: {actions: [{type, status, error}]} as if the rule ran in a conversation, of which nothing stays. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_try_rule(uuid, uuid, uuid, uuid, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_try_rule(uuid, uuid, uuid, uuid, jsonb) to service_role;
