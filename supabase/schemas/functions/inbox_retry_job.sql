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
