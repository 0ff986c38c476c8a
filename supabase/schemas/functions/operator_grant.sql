-- Who runs the installation takes somebody into the team: with the service's key, past every rule of the inbox.

create or replace function public.operator_grant(p_user_id uuid, p_role text default 'admin', p_name text default null) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators;
  former public.chat_operators;
begin
  select * into former from public.chat_operators o where o.user_id = p_user_id for update;
  insert into public.chat_operators (user_id, display_name, role)
    values (p_user_id, coalesce(p_name, '상담원'), p_role)
    on conflict (user_id) do update
    set role = excluded.role, is_active = true, display_name = coalesce(p_name, chat_operators.display_name)
    returning * into operator;
  perform public.inbox_tell_setting(
    null, 'operator', operator.id, operator.display_name,
    case when former.id is not null then public.inbox_set_operator(former) end, public.inbox_set_operator(operator)
  );
  return public.inbox_colleague(operator);
exception
  when foreign_key_violation or not_null_violation then
    raise exception using errcode = 'PT404', message = 'not_found';
  when check_violation then
    raise exception using errcode = 'PT422', message = 'invalid';
end
$$;

comment on function public.operator_grant(uuid, text, text) is
  'For the service: makes an account an operator, or an active one again; without a name it keeps its own, or is called 상담원. Raises PT404, PT422.';

revoke all on function public.operator_grant(uuid, text, text) from public, anon, authenticated, service_role;
grant execute on function public.operator_grant(uuid, text, text) to service_role;
