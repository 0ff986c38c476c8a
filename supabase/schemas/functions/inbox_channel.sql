-- A channel as operators see it. Of its key nobody sees more than that there is one.

create or replace function public.inbox_channel(p_channel public.chat_channels) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_channel.id,
    'name', p_channel.name,
    'single_thread', p_channel.single_thread,
    'webhook_id', p_channel.webhook_id,
    'has_key', p_channel.key_digest is not null,
    'created_at', p_channel.created_at
  )
$$;

comment on function public.inbox_channel(public.chat_channels) is
  'For the service, inside other functions: a channel as operators see it.';

revoke all on function public.inbox_channel(public.chat_channels) from public, anon, authenticated, service_role;
grant execute on function public.inbox_channel(public.chat_channels) to service_role;
