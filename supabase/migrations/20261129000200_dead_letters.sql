-- jobs that are dead, and how many there are

-- Jobs that are dead: tried as often as they may be.

create or replace function public.inbox_jobs(
  p_user_id uuid,
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
begin
  return jsonb_build_object('jobs', (
    select coalesce(jsonb_agg(to_jsonb(shown) order by shown.created_at desc, shown.id desc), '[]')
    from (
      select j.id, j.kind, j.payload, j.conversation_id, j.attempts, j.last_error, j.run_at as failed_at, j.created_at
      from public.chat_jobs j
      where j.state = 'dead' and (p_before_at is null or (j.created_at, j.id) < (p_before_at, p_before_id))
      order by j.created_at desc, j.id desc
      limit least(greatest(coalesce(p_limit, 50), 1), 200) + 1
    ) shown
  ));
end
$$;

comment on function public.inbox_jobs(uuid, integer, timestamptz, uuid) is
  'For the service: {jobs} that are dead, newest first, before a place; one more than p_limit where there are more. Admins only. Raises PT403.';

revoke all on function public.inbox_jobs(uuid, integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_jobs(uuid, integer, timestamptz, uuid) to service_role;

-- An admin has a dead job tried anew.

create or replace function public.inbox_retry_job(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  job record;
begin
  update public.chat_jobs j
    set state = 'waiting', attempts = 0, run_at = now()
    where j.id = p_id and j.state = 'dead'
    returning j.kind, j.conversation_id into job;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.inbox_tell(operator, null, 'settings.changed', jsonb_build_object(
    'what', 'job', 'jobId', p_id, 'kind', job.kind, 'retried', true
  ));
  return jsonb_build_object('id', p_id);
end
$$;

comment on function public.inbox_retry_job(uuid, uuid) is
  'For the service: has a dead job tried anew; answers {id}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_retry_job(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_retry_job(uuid, uuid) to service_role;

-- An admin gives a dead job up.

create or replace function public.inbox_drop_job(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  job record;
begin
  delete from public.chat_jobs j where j.id = p_id and j.state = 'dead' returning j.kind into job;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.inbox_tell(operator, null, 'settings.changed', jsonb_build_object(
    'what', 'job', 'jobId', p_id, 'kind', job.kind, 'deleted', true
  ));
  return jsonb_build_object('id', p_id);
end
$$;

comment on function public.inbox_drop_job(uuid, uuid) is
  'For the service: deletes a dead job; answers {id}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_drop_job(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_drop_job(uuid, uuid) to service_role;
