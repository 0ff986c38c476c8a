-- A webhook as the audit tells it, which is kept for ever: an address may hold what nobody but its owner should know, so
-- of what follows its host no more is told than that it is another.

create or replace function public.inbox_webhook_setting(p_webhook public.chat_webhooks) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'url', regexp_replace(p_webhook.url, '^(\w+://)(?:[^/@]*@)?([^/?#]*).*$', '\1\2')
      || '/… (' || left(md5(p_webhook.url), 4) || ')',
    'types', p_webhook.types,
    'is_active', p_webhook.is_active
  )
$$;

comment on function public.inbox_webhook_setting(public.chat_webhooks) is
  'For the service, inside other functions: what the audit tells of a webhook, {url: as far as its host, types, is_active}.';

revoke all on function public.inbox_webhook_setting(public.chat_webhooks) from public, anon, authenticated, service_role;
grant execute on function public.inbox_webhook_setting(public.chat_webhooks) to service_role;
