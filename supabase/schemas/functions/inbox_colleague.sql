-- An operator as settings show them.

create or replace function public.inbox_colleague(p_operator public.chat_operators) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return public.inbox_person(p_operator) || jsonb_build_object(
    'user_id', p_operator.user_id,
    'role', p_operator.role,
    'is_active', p_operator.is_active,
    'created_at', p_operator.created_at,
    'version', public.inbox_versioned(public.inbox_set_operator(p_operator)) -> 'version'
  );
end
$$;

comment on function public.inbox_colleague(public.chat_operators) is
  'For the service: what inbox_person says, and account, role, whether they may do anything, and the version of what admins set.';

revoke all on function public.inbox_colleague(public.chat_operators) from public, anon, authenticated, service_role;
grant execute on function public.inbox_colleague(public.chat_operators) to service_role;
