-- Who asks, if they may: called inside every function for operators, so that rights are looked at in the same statement.

create or replace function public.inbox_operator(p_user_id uuid, p_must_be_admin boolean default false)
returns public.chat_operators
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators;
begin
  select * into operator from public.chat_operators o where o.user_id = p_user_id and o.is_active;
  if not found then
    raise exception using errcode = 'PT403', message = 'not_an_operator';
  end if;
  if p_must_be_admin and operator.role <> 'admin' then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;
  return operator;
end
$$;

comment on function public.inbox_operator(uuid, boolean) is
  'For the service: the operator behind an account. Raises PT403 not_an_operator, and not_allowed where an admin is wanted.';

revoke all on function public.inbox_operator(uuid, boolean) from public, anon, authenticated, service_role;
grant execute on function public.inbox_operator(uuid, boolean) to service_role;
