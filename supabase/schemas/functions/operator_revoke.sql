-- Who runs the installation takes somebody out of the team. Their row stays: what they wrote names it.

create or replace function public.operator_revoke(p_user_id uuid) returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators;
begin
  update public.chat_operators o
    set is_active = false, availability = 'offline', offline_since = coalesce(o.offline_since, now())
    where o.user_id = p_user_id and o.is_active
    returning * into operator;
  if not found then
    return false;
  end if;
  perform public.inbox_tell_setting(
    null, 'operator', operator.id, operator.display_name,
    public.inbox_set_operator(operator) || '{"is_active": true}', public.inbox_set_operator(operator)
  );
  return true;
end
$$;

comment on function public.operator_revoke(uuid) is
  'For the service: an operator may do nothing any more; answers whether they were one.';

revoke all on function public.operator_revoke(uuid) from public, anon, authenticated, service_role;
grant execute on function public.operator_revoke(uuid) to service_role;
