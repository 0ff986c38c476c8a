-- What people asked and nothing was found for, last asked first.

create or replace function public.inbox_misses(
  p_user_id uuid,
  p_status text default 'open',
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('misses', (
    select coalesce(jsonb_agg(to_jsonb(f) - 'key' order by f.last_asked_at desc, f.id desc), '[]')
    from (
      select m.* from public.kb_misses m
      where m.status = p_status
        and (p_before_at is null or (m.last_asked_at, m.id) < (p_before_at, p_before_id))
      order by m.last_asked_at desc, m.id desc
      limit least(greatest(coalesce(p_limit, 50), 1), 200) + 1
    ) f
  ));
end
$$;

comment on function public.inbox_misses(uuid, text, integer, timestamptz, uuid) is
  'For the service: {misses} of a status, last asked first, before a place; one more than p_limit where there are more. Raises PT403.';

revoke all on function public.inbox_misses(uuid, text, integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_misses(uuid, text, integer, timestamptz, uuid) to service_role;
