-- Jobs that are dead: tried as often as they may be.

create or replace function public.inbox_jobs(
  p_user_id uuid,
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
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
begin
  return jsonb_build_object('jobs', (
    select coalesce(jsonb_agg(to_jsonb(shown) order by shown.created_at desc, shown.id desc), '[]')
    from (
      select j.id, j.kind, j.payload, j.conversation_id, j.attempts, j.last_error, j.run_at as failed_at, j.created_at
      from public.chat_jobs j
      where j.state = 'dead' and (p_before_at is null or (j.created_at, j.id) < (p_before_at, p_before_id))
      order by j.created_at desc, j.id desc
      limit least(greatest(coalesce(p_limit, 50), 1), 200) + 1
    ) shown
  ));
end
$$;

comment on function public.inbox_jobs(uuid, integer, timestamptz, uuid) is
  'For the service: {jobs} that are dead, newest first, before a place; one more than p_limit where there are more. Admins only. Raises PT403.';

revoke all on function public.inbox_jobs(uuid, integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_jobs(uuid, integer, timestamptz, uuid) to service_role;
