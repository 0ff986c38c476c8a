-- Which history of which database this is: a dump that is restored elsewhere, or a backup that is taken up again from an
-- earlier moment, counts its transactions anew, and cursors of before mean nothing in it.

create or replace function public.live_branch() returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select concat_ws('.', s.system_identifier, d.oid, left(pg_walfile_name(pg_current_wal_lsn()), 8))
  from pg_control_system() s, pg_database d
  where d.datname = current_database()
$$;

comment on function public.live_branch() is
  'For the service, inside other functions: names this history of this database: cluster, database and timeline.';

revoke all on function public.live_branch() from public, anon, authenticated, service_role;
grant execute on function public.live_branch() to service_role;
