-- A try that a worker has, or has done. Admins only. One that no worker came for is over.

create or replace function public.inbox_assistant_try(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  tried public.kb_tries;
begin
  select * into tried from public.kb_tries t where t.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('try', to_jsonb(tried) - array['operator_id', 'settings'] || jsonb_build_object(
    'status', case
      when tried.settled_at is not null then 'done'
      when tried.created_at < now() - interval '5 minutes' then 'failed'
      else 'pending'
    end
  ));
end
$$;

comment on function public.inbox_assistant_try(uuid, uuid) is
  'For the service: {try: {id, question, locale, audience, found, found_milliseconds, result, status: pending, done or failed, created_at, settled_at}}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_assistant_try(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_assistant_try(uuid, uuid) to service_role;
