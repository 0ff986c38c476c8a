-- Where the answers of a channel go out, kept where the trigger looks for who listens. Called by whatever changes the
-- channel. Whether the webhook is active is looked at when something goes out.

create or replace function public.channel_listen(p_channel public.chat_channels) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  delete from public.chat_listeners l where l.channel = p_channel.id::text;
  insert into public.chat_listeners (type, webhook_id, channel)
    select 'message.created', w.id, p_channel.id::text
    from public.chat_webhooks w
    where w.id = p_channel.webhook_id and p_channel.deleted_at is null;
$$;

comment on function public.channel_listen(public.chat_channels) is
  'For the service, inside other functions: has the webhook of a channel told of what is said in it.';

revoke all on function public.channel_listen(public.chat_channels) from public, anon, authenticated, service_role;
grant execute on function public.channel_listen(public.chat_channels) to service_role;
