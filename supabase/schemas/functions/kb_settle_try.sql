-- What came of a try is kept for who asked. Once.

create or replace function public.kb_settle_try(p_id uuid, p_result jsonb) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.kb_tries t set result = p_result, settled_at = clock_timestamp() where t.id = p_id and t.settled_at is null
$$;

comment on function public.kb_settle_try(uuid, jsonb) is 'For the service: keeps what came of a try, once.';

revoke all on function public.kb_settle_try(uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_settle_try(uuid, jsonb) to service_role;
