-- Which conversations changed after a cursor, and the cursor that stands for now: both from one statement, so that what
-- is not among the rows comes with the next call. Exactly by commit: a transaction that took long comes when it is there,
-- and holds up nobody else's. Nothing is cut off: what would be too much is a resync.

create or replace function public.live_changes(p_cursor text) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  with since as materialized (
    select s.seen, pg_snapshot_xmax(s.seen) as xmax, array(select pg_snapshot_xip(s.seen)) as open
    from (select public.live_as_of(p_cursor) as seen offset 0) s
  ), moved as materialized (
    -- One more than can be told is enough to know that it is too much. In the order of the index, so that it is walked and
    -- not the table, whatever the planner believes of a number that it does not know.
    (
      select d.conversation_id from public.chat_desk d
      where d.cx >= (select xmax from since)
      order by d.cx limit 501
    )
    union all
    (
      select d.conversation_id from public.chat_desk d
      where d.cx = any ((select open from since)::xid8[])
      order by d.cx limit 501
    )
  ), went as materialized (
    (
      select g.conversation_id from public.chat_gone g
      where g.cx >= (select xmax from since)
      order by g.cx limit 501
    )
    union all
    (
      select g.conversation_id from public.chat_gone g
      where g.cx = any ((select open from since)::xid8[])
      order by g.cx limit 501
    )
  ), told as materialized (
    select (select count(*) from moved) > 500 or (select count(*) from went) > 500 as is_too_much
  )
  select jsonb_build_object(
    'cursor', concat_ws(':', public.live_branch(), floor(extract(epoch from now()))::bigint, pg_current_snapshot()),
    'seen', since.seen,
    'resync', (p_cursor is not null and since.seen is null) or told.is_too_much,
    'changed', case when told.is_too_much then '[]' else to_jsonb(array(select conversation_id from moved)) end,
    'gone', case when told.is_too_much then '[]' else to_jsonb(array(select conversation_id from went)) end
  )
  from since, told
$$;

comment on function public.live_changes(text) is
  'For the service, inside other functions: {cursor, seen, resync, changed, gone}: the new cursor, the snapshot of the old one, and ids of what changed or went since; none where there was no cursor or it cannot be honoured.';

revoke all on function public.live_changes(text) from public, anon, authenticated, service_role;
grant execute on function public.live_changes(text) to service_role;
