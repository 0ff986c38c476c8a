-- Who I am in the team, and what I may.

create or replace function public.inbox_me(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return jsonb_build_object('operator', public.inbox_colleague(public.inbox_operator(p_user_id)));
end
$$;

comment on function public.inbox_me(uuid) is 'For the service: {operator} behind an account. Raises PT403.';

revoke all on function public.inbox_me(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_me(uuid) to service_role;
