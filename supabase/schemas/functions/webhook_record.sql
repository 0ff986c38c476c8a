-- How an attempt went. A webhook that says that it is gone, or that has failed for days, is turned off, and the team's
-- activities say so.

create or replace function public.webhook_record(p_id uuid, p_result jsonb, p_failing_seconds integer default 432000)
returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  place uuid;
  reason text;
  active boolean;
begin
  update public.chat_deliveries d
    set state = p_result ->> 'state',
      attempts = d.attempts + 1,
      code = (p_result ->> 'code')::integer,
      ms = (p_result ->> 'ms')::integer,
      answer = p_result ->> 'answer',
      error = p_result ->> 'error',
      sent_at = now()
    where d.id = p_id
      -- Whose time had run out comes late: what somebody else has sent meanwhile is sent.
      and (d.state <> 'delivered' or p_result ->> 'state' = 'delivered')
    returning d.webhook_id into place;
  if p_result ->> 'state' = 'delivered' then
    update public.chat_webhooks w set failing_since = null where w.id = place and w.failing_since is not null;
  else
    update public.chat_webhooks w set failing_since = now()
      where w.id = place and w.is_active and w.failing_since is null;
    update public.chat_webhooks w
      set is_active = false,
        disabled_reason = case when (p_result ->> 'is_gone')::boolean then 'gone' else 'failing' end
      where w.id = place
        and w.is_active
        and (
          (p_result ->> 'is_gone')::boolean or w.failing_since <= now() - make_interval(secs => p_failing_seconds)
        )
      returning w.disabled_reason into reason;
    if found then
      perform public.chat_tell(null, 'settings.changed', jsonb_build_object(
        'what', 'webhook', 'webhookId', place, 'isActive', false, 'reason', reason
      ));
    end if;
  end if;
  select w.is_active into active from public.chat_webhooks w where w.id = place;
  return jsonb_build_object('is_active', coalesce(active, false));
end
$$;

comment on function public.webhook_record(uuid, jsonb, integer) is
  'For the service: keeps how an attempt went, p_result {state, code, ms, answer, error, is_gone}; turns a webhook off that is gone, or has failed for p_failing_seconds; answers {is_active}.';

revoke all on function public.webhook_record(uuid, jsonb, integer) from public, anon, authenticated, service_role;
grant execute on function public.webhook_record(uuid, jsonb, integer) to service_role;
