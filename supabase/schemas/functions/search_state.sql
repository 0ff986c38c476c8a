-- Whether all that there is can be found, and if not, how long that has been so.

create or replace function public.search_state() returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'is_complete', s.filled_at is not null,
    -- Where nothing has changed since, nothing is missing, however long ago that was.
    'behind_seconds', case
      when s.looked_at is null
        or exists (select from public.chat_search_due)
        or exists (select from public.chat_desk d where d.cx >= pg_snapshot_xmax(s.seen) order by d.cx limit 1)
      then ceil(extract(epoch from clock_timestamp() - s.looked_at))::integer
      else 0
    end
  )
  from public.chat_search_state s
$$;

comment on function public.search_state() is
  'For the service: {is_complete: whether all that was there before the first round is in the search; behind_seconds: how old the oldest thing may be that is not, null where there was no round yet}.';

revoke all on function public.search_state() from public, anon, authenticated, service_role;
grant execute on function public.search_state() to service_role;
