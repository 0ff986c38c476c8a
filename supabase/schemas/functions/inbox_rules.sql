-- The rules that there are, in their order. Admins only.

create or replace function public.inbox_rules(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
begin
  return jsonb_build_object('rules', (
    select coalesce(jsonb_agg(public.rule_row(r) order by r.position, r.created_at, r.id), '[]') from public.chat_rules r
  ));
end
$$;

comment on function public.inbox_rules(uuid) is 'For the service: {rules} in their order. Admins only. Raises PT403.';

revoke all on function public.inbox_rules(uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_rules(uuid) to service_role;
