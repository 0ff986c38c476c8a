-- The team as who runs the installation sees it.

create or replace function public.operators_list() returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return (
    select coalesce(jsonb_agg(public.inbox_colleague(o) order by o.created_at, o.id), '[]')
    from public.chat_operators o
    where o.is_active and o.user_id is not null
  );
end
$$;

comment on function public.operators_list() is
  'For the service: the active operators that have an account, oldest first.';

revoke all on function public.operators_list() from public, anon, authenticated, service_role;
grant execute on function public.operators_list() to service_role;
