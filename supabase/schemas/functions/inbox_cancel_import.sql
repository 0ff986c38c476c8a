-- An admin wants no more of an import. What it has taken over stays.

create or replace function public.inbox_cancel_import(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
begin
  update public.kb_imports i set state = 'cancelled', entries = null, finished_at = clock_timestamp()
    where i.id = p_id and i.state in ('waiting', 'running');
  return public.inbox_import(p_user_id, p_id);
end
$$;

comment on function public.inbox_cancel_import(uuid, uuid) is
  'For the service: stops an import that is not finished; answers {import}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_cancel_import(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_cancel_import(uuid, uuid) to service_role;
