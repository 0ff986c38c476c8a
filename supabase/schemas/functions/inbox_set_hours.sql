-- What admins set of the hours; not who is there at the moment.

create or replace function public.inbox_set_hours(p_team public.chat_team) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return public.inbox_versioned(to_jsonb(p_team) - array['id', 'online_until']);
end
$$;

comment on function public.inbox_set_hours(public.chat_team) is 'For the service: the hours that admins set, and their version.';

revoke all on function public.inbox_set_hours(public.chat_team) from public, anon, authenticated, service_role;
grant execute on function public.inbox_set_hours(public.chat_team) to service_role;
