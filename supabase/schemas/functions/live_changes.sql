-- Which conversations changed after a cursor, and the cursor that stands for now: both from one statement, so that what
-- is not among the rows comes with the next call. Exactly by commit: a transaction that took long comes when it is there,
-- and holds up nobody else's. Nothing is cut off: what would be too much is a resync.

create or replace function public.live_changes(p_cursor text) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'cursor', concat_ws(':', public.live_branch(), floor(extract(epoch from now()))::bigint, pg_current_snapshot()),
    'seen', since.seen,
    'resync', (p_cursor is not null and since.seen is null) or told.is_too_much,
    'changed', case when told.is_too_much then '[]' else to_jsonb(moved.ids) end,
    'gone', case when told.is_too_much then '[]' else to_jsonb(went.ids) end
  )
  from (select public.live_as_of(p_cursor) as seen) since,
    -- One more than can be told is enough to know that it is too much.
    lateral (
      select array(
        select d.conversation_id from public.chat_desk d
        where d.cx >= pg_snapshot_xmax(since.seen) or d.cx = any (array(select pg_snapshot_xip(since.seen)))
        limit 501
      ) as ids
    ) moved,
    lateral (
      select array(
        select g.conversation_id from public.chat_gone g
        where g.cx >= pg_snapshot_xmax(since.seen) or g.cx = any (array(select pg_snapshot_xip(since.seen)))
        limit 501
      ) as ids
    ) went,
    lateral (select cardinality(moved.ids) > 500 or cardinality(went.ids) > 500 as is_too_much) told
$$;

comment on function public.live_changes(text) is
  'For the service, inside other functions: {cursor, seen, resync, changed, gone}: the new cursor, the snapshot of the old one, and ids of what changed or went since; none where there was no cursor or it cannot be honoured.';

revoke all on function public.live_changes(text) from public, anon, authenticated, service_role;
grant execute on function public.live_changes(text) to service_role;
