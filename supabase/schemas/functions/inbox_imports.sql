-- The imports of the last time, newest first.

create or replace function public.inbox_imports(
  p_user_id uuid, p_limit integer default 50, p_before_at timestamptz default null, p_before_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('imports', (
    select coalesce(jsonb_agg(public.inbox_import_row(f) order by f.created_at desc, f.id desc), '[]')
    from (
      select i.* from public.kb_imports i
      where p_before_at is null or (i.created_at, i.id) < (p_before_at, p_before_id)
      order by i.created_at desc, i.id desc
      limit least(greatest(coalesce(p_limit, 50), 1), 200) + 1
    ) f
  ));
end
$$;

comment on function public.inbox_imports(uuid, integer, timestamptz, uuid) is
  'For the service: {imports}, newest first, before a place; one more than p_limit where there are more. Raises PT403.';

revoke all on function public.inbox_imports(uuid, integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_imports(uuid, integer, timestamptz, uuid) to service_role;
