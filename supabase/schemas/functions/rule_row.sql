-- A rule as the service reads it.

create or replace function public.rule_row(p_rule public.chat_rules) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_rule.id,
    'name', p_rule.name,
    'position', p_rule.position,
    'is_active', p_rule.is_active,
    'types', p_rule.types,
    'condition', p_rule.condition,
    'actions', p_rule.actions,
    'version', p_rule.version,
    'created_at', p_rule.created_at,
    'updated_at', p_rule.updated_at
  )
$$;

comment on function public.rule_row(public.chat_rules) is 'For the service: a rule, as it is told.';

revoke all on function public.rule_row(public.chat_rules)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_row(public.chat_rules) to service_role;
