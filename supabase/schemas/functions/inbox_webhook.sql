-- A webhook as admins see it: never its secrets, which are told once, when they are made.

create or replace function public.inbox_webhook(p_webhook public.chat_webhooks) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_webhook.id, 'url', p_webhook.url, 'types', p_webhook.types, 'is_active', p_webhook.is_active,
    'disabled_reason', p_webhook.disabled_reason, 'failing_since', p_webhook.failing_since,
    'rotated_at', p_webhook.rotated_at, 'created_at', p_webhook.created_at
  )
$$;

comment on function public.inbox_webhook(public.chat_webhooks) is
  'For the service: a webhook as admins see it, without its secrets.';

revoke all on function public.inbox_webhook(public.chat_webhooks) from public, anon, authenticated, service_role;
grant execute on function public.inbox_webhook(public.chat_webhooks) to service_role;
