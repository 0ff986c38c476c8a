-- What admins set of an operator; not what they choose themselves.

create or replace function public.inbox_set_operator(p_operator public.chat_operators) returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'display_name', p_operator.display_name,
    'avatar_url', p_operator.avatar_url,
    'role', p_operator.role,
    'is_active', p_operator.is_active
  )
$$;

comment on function public.inbox_set_operator(public.chat_operators) is
  'For the service, inside other functions: {display_name, avatar_url, role, is_active}.';

revoke all on function public.inbox_set_operator(public.chat_operators) from public, anon, authenticated, service_role;
grant execute on function public.inbox_set_operator(public.chat_operators) to service_role;
