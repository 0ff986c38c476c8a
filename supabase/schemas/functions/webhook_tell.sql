-- A webhook is sent an activity that it does not listen to: because a rule wants it, or because a message is tried again.

create or replace function public.webhook_tell(
  p_webhook_id uuid,
  p_activity_id uuid,
  p_rule_id uuid default null,
  p_round integer default 1,
  p_has_content boolean default false
) returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  delivery public.chat_deliveries;
begin
  insert into public.chat_deliveries (webhook_id, activity_id, conversation_id, type, rev, has_content, rule_id, round)
    select w.id, a.id, a.conversation_id, a.type, c.rev, p_has_content, p_rule_id, p_round
    from public.chat_webhooks w
    join public.chat_activities a on a.id = p_activity_id
    left join public.chat_conversations c on c.id = a.conversation_id
    where w.id = p_webhook_id and w.is_active
    -- One that is deleted at this moment is waited for.
    for key share of w
    on conflict do nothing
    returning * into delivery;
  if not found then
    return null;
  end if;
  perform public.jobs_add(
    'webhook', jsonb_build_object('delivery_id', delivery.id), delivery.id::text, delivery.conversation_id,
    p_webhook_id::text, null, 100
  );
  return delivery.id;
end
$$;

comment on function public.webhook_tell(uuid, uuid, uuid, integer, boolean) is
  'For the service, inside other functions: has an activity sent to a webhook, once for a rule and round; answers the delivery''s id, and null where it was before, or where there is no such activity or active webhook.';

revoke all on function public.webhook_tell(uuid, uuid, uuid, integer, boolean) from public, anon, authenticated, service_role;
grant execute on function public.webhook_tell(uuid, uuid, uuid, integer, boolean) to service_role;
