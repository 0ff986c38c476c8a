-- What must be known to try a rule in a conversation: the rule, and what its condition looks at; as what happened counts the
-- newest activity there that the rule listens to.

create or replace function public.inbox_rule_facts(p_user_id uuid, p_id uuid, p_conversation_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  rule public.chat_rules;
  facts jsonb;
begin
  select * into rule from public.chat_rules r where r.id = p_id;
  if found then
    facts := public.rule_facts(p_conversation_id, (
      select a.id
      from public.chat_activities a
      where a.conversation_id = p_conversation_id and a.type = any (rule.types)
      order by a.created_at desc, a.id desc
      limit 1
    ));
  end if;
  if facts is null then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('rule', public.rule_row(rule), 'facts', facts);
end
$$;

comment on function public.inbox_rule_facts(uuid, uuid, uuid) is
  'For the service: {rule, facts} to try a rule in a conversation. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_rule_facts(uuid, uuid, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_rule_facts(uuid, uuid, uuid) to service_role;
