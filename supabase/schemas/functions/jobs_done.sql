-- Jobs are done: they go. Whose time for one has run out says so in vain.

create or replace function public.jobs_done(p_jobs jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  gone integer;
begin
  delete from public.chat_jobs j
    using jsonb_array_elements(p_jobs) d
    where j.id = (d ->> 'id')::uuid and j.lease_token = (d ->> 'token')::uuid;
  get diagnostics gone = row_count;
  return jsonb_build_object('done', gone);
end
$$;

comment on function public.jobs_done(jsonb) is
  'For the service: removes jobs [{id, token}] that were claimed with these tokens; answers {done: how many were still the caller''s}.';

revoke all on function public.jobs_done(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.jobs_done(jsonb) to service_role;
