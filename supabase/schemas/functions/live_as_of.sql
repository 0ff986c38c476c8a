-- What a cursor of the live feed stands for. A cursor is epoch:seconds:snapshot: of which history of which database, when
-- it was given, and what was committed then.

create or replace function public.live_as_of(p_cursor text) returns pg_snapshot
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  parts constant text[] := regexp_match(p_cursor, '^([0-9A-F.]+):([0-9]{1,12}):([0-9:,]+)$');
  seen pg_snapshot;
begin
  if parts is null
    or parts[1] <> public.live_branch()
    -- A minute of grace for clocks that were set; chat_gone is kept for a day.
    or parts[2]::bigint not between extract(epoch from now()) - 3600 and extract(epoch from now()) + 60
  then
    return null;
  end if;
  begin
    seen := parts[3]::pg_snapshot;
  exception when others then
    return null;
  end;
  -- From the future, or of a time of which what went may be forgotten: what its time says may be forged.
  if pg_snapshot_xmax(seen) > pg_snapshot_xmax(pg_current_snapshot())
    or exists (
      select from public.chat_gone g
      where g.cx >= pg_snapshot_xmin(seen) and g.gone_at < now() - interval '1 day'
    )
  then
    return null;
  end if;
  return seen;
end
$$;

comment on function public.live_as_of(text) is
  'For the service, inside other functions: the snapshot that a cursor stands for; null where it is malformed, foreign, from the future or older than an hour.';

revoke all on function public.live_as_of(text) from public, anon, authenticated, service_role;
grant execute on function public.live_as_of(text) to service_role;
