-- An admin has something sent again, under the id of before: whoever has it drops it.

create or replace function public.inbox_resend_delivery(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  delivery public.chat_deliveries;
begin
  update public.chat_deliveries d set state = 'waiting' where d.id = p_id returning * into delivery;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  -- One that waits or is dead goes on now, and holds up nothing. One that a worker has is taken from it: whether it was
  -- already sent nobody knows here, and its end would be the end of this one too.
  update public.chat_jobs j
    set state = 'waiting', attempts = 1, run_at = now(), order_key = null, lease_until = null, lease_token = null
    where j.kind = 'webhook' and j.dedupe_key = p_id::text;
  perform public.jobs_add(
    'webhook', jsonb_build_object('delivery_id', p_id), p_id::text, delivery.conversation_id, p_max_attempts => 100
  );
  perform public.inbox_tell(operator, null, 'settings.changed', jsonb_build_object(
    'what', 'webhook', 'webhookId', delivery.webhook_id, 'deliveryId', p_id, 'resent', true,
    'name', (select public.inbox_webhook_setting(w) ->> 'url' from public.chat_webhooks w where w.id = delivery.webhook_id)
  ));
  return jsonb_build_object('delivery', public.inbox_delivery(delivery));
end
$$;

comment on function public.inbox_resend_delivery(uuid, uuid) is
  'For the service: has a delivery sent again now, under the same id; answers {delivery}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_resend_delivery(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_resend_delivery(uuid, uuid) to service_role;
