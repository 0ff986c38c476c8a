-- The team's hours as they were since a moment: what working time is counted by.

create or replace function public.inbox_kept_hours(p_user_id uuid, p_since timestamptz default '-infinity') returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  perform public.inbox_operator(p_user_id);
  return jsonb_build_object(
    'time_zone', (select t.time_zone from public.chat_team t),
    'now', now(),
    'hours', (
      select coalesce(jsonb_agg(to_jsonb(h) order by h.since_at), '[]')
      from public.chat_hours h
      where h.since_at >= (
        select max(first.since_at) from public.chat_hours first where first.since_at <= coalesce(p_since, '-infinity')
      )
    )
  );
end
$$;

comment on function public.inbox_kept_hours(uuid, timestamptz) is
  'For the service: {time_zone, now, hours: rows of chat_hours, the one that held at p_since and all later ones}. Raises PT403.';

revoke all on function public.inbox_kept_hours(uuid, timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.inbox_kept_hours(uuid, timestamptz) to service_role;
