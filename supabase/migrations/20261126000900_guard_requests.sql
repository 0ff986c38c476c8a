-- PostgREST asks this before every request of the API: db_pre_request. What the planner thinks is for the service alone,
-- because it thinks of everybody's rows: their number decides an estimate and a plan, past Row Level Security.

create schema guard;
revoke all on schema guard from public, anon, authenticated, service_role;
grant usage on schema guard to anon, authenticated, service_role;

comment on schema guard is 'What is asked before a request. Not exposed: no API calls anything in here by name.';

create function guard.before_request() returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  headers text := coalesce(current_setting('request.headers', true), '');
begin
  -- One look at the text for nearly every request; only then which header it is.
  if headers !~* 'planned|estimated|vnd\.pgrst\.plan' or current_user = 'service_role' then
    return;
  end if;
  if headers::jsonb ->> 'prefer' ~* 'count\s*=\s*"?\s*(planned|estimated)'
    or headers::jsonb ->> 'accept' ~* 'vnd\.pgrst\.plan'
  then
    raise exception using errcode = 'PT400', message = 'invalid', detail = 'count=exact is what may be asked for';
  end if;
end
$$;

comment on function guard.before_request() is
  'Refuses estimated counts and plans to everybody but the service. Raises PT400.';

revoke all on function guard.before_request() from public, anon, authenticated, service_role;
grant execute on function guard.before_request() to anon, authenticated, service_role;

-- The role that PostgREST connects as; where there is none, nobody would ask. A hosted project lets its owner set this;
-- where somebody may not, everything else of this line goes on, and an administrator has to.
do $$
begin
  if exists (select from pg_roles where rolname = 'authenticator') then
    alter role authenticator set pgrst.db_pre_request = 'guard.before_request';
  end if;
exception when insufficient_privilege then
  raise warning 'PostgREST does not ask yet. As a superuser: alter role authenticator set pgrst.db_pre_request = ''guard.before_request''';
end
$$;
notify pgrst, 'reload config';
