-- An admin deletes a webhook. What still waits to be sent to it is not sent.

create or replace function public.inbox_delete_webhook(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  webhook public.chat_webhooks;
begin
  delete from public.chat_webhooks w where w.id = p_id returning * into webhook;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.inbox_tell_setting(
    operator, 'webhook', p_id, public.inbox_webhook_setting(webhook) ->> 'url', public.inbox_webhook_setting(webhook), null
  );
  return jsonb_build_object('id', p_id);
end
$$;

comment on function public.inbox_delete_webhook(uuid, uuid) is
  'For the service: deletes a webhook and the list of what was sent to it; answers {id}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_delete_webhook(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_webhook(uuid, uuid) to service_role;
