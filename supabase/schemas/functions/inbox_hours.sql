-- When the team answers.

create or replace function public.inbox_hours(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return (
    select jsonb_build_object('hours', public.inbox_set_hours(t), 'online_until', t.online_until) from public.chat_team t
  );
end
$$;

comment on function public.inbox_hours(uuid) is
  'For the service: {hours, online_until}: what admins set, with its version, and until when somebody is there. Raises PT403.';

revoke all on function public.inbox_hours(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_hours(uuid) to service_role;
