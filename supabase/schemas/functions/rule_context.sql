-- Everything that must be known to run the rules of an activity: those that listen to it, in their order, and what their
-- conditions look at.

create or replace function public.rule_context(p_activity_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'facts', public.rule_facts(a.conversation_id, a.id),
      'rules', (
        select coalesce(jsonb_agg(public.rule_row(r) order by r.position, r.created_at, r.id), '[]')
        from public.chat_rules r
        where r.is_active
          and a.type = any (r.types)
          -- Those that ran have run.
          and not exists (select from public.chat_rule_runs u where u.rule_id = r.id and u.activity_id = a.id)
      )
    )
    from public.chat_activities a
    where a.id = p_activity_id and a.conversation_id is not null
  );
end
$$;

comment on function public.rule_context(uuid) is
  'For the service: {facts, rules}: the rules that an activity sets off and that did not run for it, and what their conditions look at; null where it is gone.';

revoke all on function public.rule_context(uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_context(uuid) to service_role;
