-- An admin tries a webhook, also one that is off: something is sent that means nothing.

create or replace function public.inbox_test_webhook(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  delivery public.chat_deliveries;
begin
  insert into public.chat_deliveries (webhook_id, type)
    select w.id, 'webhook.test' from public.chat_webhooks w where w.id = p_id
    returning * into delivery;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.jobs_add('webhook', jsonb_build_object('delivery_id', delivery.id), delivery.id::text, p_max_attempts => 100);
  perform public.inbox_tell(operator, null, 'settings.changed', jsonb_build_object(
    'what', 'webhook', 'webhookId', p_id, 'tried', true,
    'name', (select public.inbox_webhook_setting(w) ->> 'url' from public.chat_webhooks w where w.id = p_id)
  ));
  return jsonb_build_object('delivery', public.inbox_delivery(delivery));
end
$$;

comment on function public.inbox_test_webhook(uuid, uuid) is
  'For the service: has a webhook sent a delivery of type webhook.test; answers {delivery}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_test_webhook(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_test_webhook(uuid, uuid) to service_role;
