-- What is asked before a request.

-- PostgREST asks this before every request of the API: db_pre_request. What the planner thinks is for the service alone,
-- because it thinks of everybody's rows: their number decides an estimate and a plan, past Row Level Security.

create or replace function guard.before_request() returns void
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
