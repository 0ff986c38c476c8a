-- An admin makes a webhook, or changes one: whither, of what, whether at all.

create or replace function public.inbox_save_webhook(p_user_id uuid, p_id uuid, p_values jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  kinds constant text[] := array(
    select distinct k.value from jsonb_array_elements_text(coalesce(p_values -> 'types', '[]')) k (value) order by k.value
  );
  active constant boolean := (p_values ->> 'is_active')::boolean;
  former jsonb;
  webhook public.chat_webhooks;
begin
  select public.inbox_webhook_setting(w) into former from public.chat_webhooks w where w.id = p_id for no key update;
  if p_id is null then
    insert into public.chat_webhooks (url, types, secret, is_active, disabled_reason)
      values (
        p_values ->> 'url', kinds, p_values ->> 'secret', coalesce(active, true),
        case when not coalesce(active, true) then 'by_hand' end
      )
      returning * into webhook;
  else
    update public.chat_webhooks w
      set url = coalesce(p_values ->> 'url', w.url),
        types = case when p_values ? 'types' then kinds else w.types end,
        is_active = coalesce(active, w.is_active),
        disabled_reason = case when active then null when not active then 'by_hand' else w.disabled_reason end,
        -- Who is turned on again has another five days.
        failing_since = case when active then null else w.failing_since end
      where w.id = p_id
      returning * into webhook;
    if not found then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
  end if;
  -- Those of a channel are the channel's.
  delete from public.chat_listeners l where l.webhook_id = webhook.id and l.channel is null and l.type <> all (webhook.types);
  insert into public.chat_listeners (type, webhook_id) select k, webhook.id from unnest(webhook.types) k on conflict do nothing;
  perform public.inbox_tell_setting(
    operator, 'webhook', webhook.id, public.inbox_webhook_setting(webhook) ->> 'url', former,
    public.inbox_webhook_setting(webhook)
  );
  return jsonb_build_object('webhook', public.inbox_webhook(webhook));
end
$$;

comment on function public.inbox_save_webhook(uuid, uuid, jsonb) is
  'For the service: makes (p_id null) or changes a webhook {url, types, is_active, secret: encrypted}; answers {webhook}. Admins only. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_save_webhook(uuid, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_webhook(uuid, uuid, jsonb) to service_role;
