-- A rule as the audit tells of it. What is too long to be told from its beginning to its end is told by a digest.

create or replace function public.rule_told(p_rule public.chat_rules) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'name', p_rule.name,
    'position', p_rule.position,
    'is_active', p_rule.is_active,
    'on', p_rule.types,
    'when', case
      when octet_length(p_rule.condition::text) <= 3000 then p_rule.condition else to_jsonb(md5(p_rule.condition::text))
    end,
    'then', case
      when octet_length(p_rule.actions::text) <= 3000 then p_rule.actions else to_jsonb(md5(p_rule.actions::text))
    end
  )
$$;

comment on function public.rule_told(public.chat_rules) is
  'For the service, inside other functions: a rule as its changes are told of.';

revoke all on function public.rule_told(public.chat_rules)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_told(public.chat_rules) to service_role;
