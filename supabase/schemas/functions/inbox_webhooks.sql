-- Where other systems are told what happens.

create or replace function public.inbox_webhooks(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
begin
  return jsonb_build_object('webhooks', (
    select coalesce(jsonb_agg(public.inbox_webhook(w) order by w.created_at, w.id), '[]') from public.chat_webhooks w
  ));
end
$$;

comment on function public.inbox_webhooks(uuid) is
  'For the service: {webhooks}, the oldest first. Admins only. Raises PT403.';

revoke all on function public.inbox_webhooks(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_webhooks(uuid) to service_role;
