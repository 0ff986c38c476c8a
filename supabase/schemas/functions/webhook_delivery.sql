-- What is to be sent, whither, and signed with what (both secrets encrypted, the one of before for a day).

create or replace function public.webhook_delivery(p_id uuid) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', d.id,
    'state', d.state,
    'attempts', d.attempts,
    'type', d.type,
    'rev', d.rev,
    'round', d.round,
    'rule_id', d.rule_id,
    'created_at', d.created_at,
    'webhook', jsonb_build_object(
      'id', w.id,
      'url', w.url,
      'is_active', w.is_active,
      'secret', w.secret,
      'previous_secret', case when w.rotated_at > now() - interval '1 day' then w.previous_secret end
    ),
    'activity', case when a.id is not null then to_jsonb(a) end,
    'contact_id', c.user_id,
    'message', (
      select public.inbox_message(m) from public.chat_messages m
      where d.has_content and m.conversation_id = d.conversation_id and m.id::text = a.data ->> 'messageId'
    ),
    'channel', (
      select jsonb_build_object('id', o.channel_id, 'external_id', o.external_id, 'thread_key', t.thread_key)
      from public.chat_contacts o
      left join public.chat_channel_threads t on t.contact_id = o.id and t.conversation_id = d.conversation_id
      where d.has_content and o.id = c.user_id and o.channel_id is not null
    )
  )
  from public.chat_deliveries d
  join public.chat_webhooks w on w.id = d.webhook_id
  left join public.chat_activities a on a.id = d.activity_id
  left join public.chat_conversations c on c.id = d.conversation_id
  where d.id = p_id
$$;

comment on function public.webhook_delivery(uuid) is
  'For the service: what is to be sent, whither, and signed with what: {state, attempts, type, rev, round, rule_id, created_at, webhook, activity, contact_id, message, channel}; null where there is no such delivery.';

revoke all on function public.webhook_delivery(uuid) from public, anon, authenticated, service_role;
grant execute on function public.webhook_delivery(uuid) to service_role;
