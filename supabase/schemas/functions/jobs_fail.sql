-- A job could not be done: it waits for another attempt, or is dead.

create or replace function public.jobs_fail(p_id uuid, p_token uuid, p_error text, p_retry_seconds double precision)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  became text;
begin
  update public.chat_jobs j
    set state = case when p_retry_seconds is null or j.attempts >= j.max_attempts then 'dead' else 'waiting' end,
      run_at = now() + make_interval(secs => coalesce(p_retry_seconds, 0)),
      lease_until = null,
      lease_token = null,
      last_error = left(p_error, 500)
    where j.id = p_id and j.lease_token = p_token
    returning j.state into became;
  return jsonb_build_object('state', became);
end
$$;

comment on function public.jobs_fail(uuid, uuid, text, double precision) is
  'For the service: has a job that was claimed with this token tried again after so many seconds, or never where that is null or it was tried often enough; answers {state: waiting or dead, null where it was no longer the caller''s}.';

revoke all on function public.jobs_fail(uuid, uuid, text, double precision) from public, anon, authenticated, service_role;
grant execute on function public.jobs_fail(uuid, uuid, text, double precision) to service_role;
