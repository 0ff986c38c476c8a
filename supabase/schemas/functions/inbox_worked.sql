-- How much working time there was up to a moment, by its pieces: their beginnings and ends, and the seconds before each.

create or replace function public.inbox_worked(
  p_past double precision[],
  p_opens double precision[],
  p_closes double precision[],
  p_at timestamptz
) returns double precision
language sql
immutable
security invoker
set search_path = ''
as $$
  select coalesce(
      p_past[piece.n] + least(extract(epoch from p_at)::double precision, p_closes[piece.n]) - p_opens[piece.n], 0
    )
  from (select width_bucket(extract(epoch from p_at)::double precision, p_opens)) piece (n)
$$;

comment on function public.inbox_worked(double precision[], double precision[], double precision[], timestamptz) is
  'For the service, inside other functions: the seconds of working time before a moment.';

revoke all on function public.inbox_worked(double precision[], double precision[], double precision[], timestamptz)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_worked(double precision[], double precision[], double precision[], timestamptz)
  to service_role;
