-- An admin changes what signs. The secret of before goes on for a day beside it, so that nothing is refused meanwhile.

create or replace function public.inbox_rotate_webhook(p_user_id uuid, p_id uuid, p_secret text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  webhook public.chat_webhooks;
begin
  update public.chat_webhooks w
    set previous_secret = w.secret, secret = p_secret, rotated_at = now()
    where w.id = p_id
    returning * into webhook;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.inbox_tell(operator, null, 'settings.changed', jsonb_build_object(
    'what', 'webhook', 'webhookId', p_id, 'rotated', true, 'name', public.inbox_webhook_setting(webhook) ->> 'url'
  ));
  return jsonb_build_object('webhook', public.inbox_webhook(webhook));
end
$$;

comment on function public.inbox_rotate_webhook(uuid, uuid, text) is
  'For the service: gives a webhook another secret (encrypted); for a day the one of before signs as well. Answers {webhook}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_rotate_webhook(uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_rotate_webhook(uuid, uuid, text) to service_role;
