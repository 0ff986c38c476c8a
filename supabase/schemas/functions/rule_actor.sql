-- Who acts where a rule does: a row as of an operator, with the key and the name of the rule and a role that no operator
-- has. So what operators do is done by rules with the same functions, and told as what it is.

create or replace function public.rule_actor(p_rule public.chat_rules) returns public.chat_operators
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  actor public.chat_operators;
begin
  actor.id := p_rule.id;
  actor.display_name := p_rule.name;
  actor.role := 'rule';
  return actor;
end
$$;

comment on function public.rule_actor(public.chat_rules) is
  'For the service, inside other functions: a rule as whoever acts.';

revoke all on function public.rule_actor(public.chat_rules)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_actor(public.chat_rules) to service_role;
