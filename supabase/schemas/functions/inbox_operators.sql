-- The team, those who left it too: what they wrote names them.

create or replace function public.inbox_operators(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('operators', (
    select coalesce(jsonb_agg(public.inbox_colleague(o) order by o.is_active desc, lower(o.display_name), o.id), '[]')
    from public.chat_operators o
  ));
end
$$;

comment on function public.inbox_operators(uuid) is
  'For the service: {operators}, active ones first. Raises PT403.';

revoke all on function public.inbox_operators(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_operators(uuid) to service_role;
