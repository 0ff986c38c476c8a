-- webhooks: set up by admins, worked by the service

-- A webhook as admins see it: never its secrets, which are told once, when they are made.

create or replace function public.inbox_webhook(p_webhook public.chat_webhooks) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'id', p_webhook.id, 'url', p_webhook.url, 'types', p_webhook.types, 'is_active', p_webhook.is_active,
    'disabled_reason', p_webhook.disabled_reason, 'failing_since', p_webhook.failing_since,
    'rotated_at', p_webhook.rotated_at, 'created_at', p_webhook.created_at
  )
$$;

comment on function public.inbox_webhook(public.chat_webhooks) is
  'For the service: a webhook as admins see it, without its secrets.';

revoke all on function public.inbox_webhook(public.chat_webhooks) from public, anon, authenticated, service_role;
grant execute on function public.inbox_webhook(public.chat_webhooks) to service_role;

-- A webhook as the audit tells it, which is kept for ever: an address may hold what nobody but its owner should know, so
-- of what follows its host no more is told than that it is another.

create or replace function public.inbox_webhook_setting(p_webhook public.chat_webhooks) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'url', regexp_replace(p_webhook.url, '^(\w+://)(?:[^/@]*@)?([^/?#]*).*$', '\1\2')
      || '/… (' || left(md5(p_webhook.url), 4) || ')',
    'types', p_webhook.types,
    'is_active', p_webhook.is_active
  )
$$;

comment on function public.inbox_webhook_setting(public.chat_webhooks) is
  'For the service, inside other functions: what the audit tells of a webhook, {url: as far as its host, types, is_active}.';

revoke all on function public.inbox_webhook_setting(public.chat_webhooks) from public, anon, authenticated, service_role;
grant execute on function public.inbox_webhook_setting(public.chat_webhooks) to service_role;

-- A delivery as admins see it, with when it is sent next.

create or replace function public.inbox_delivery(p_delivery public.chat_deliveries) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select to_jsonb(shown)
  from (
    select
      p_delivery.id, p_delivery.webhook_id, p_delivery.activity_id, p_delivery.conversation_id, p_delivery.type,
      p_delivery.rule_id, p_delivery.state, p_delivery.attempts, p_delivery.code, p_delivery.ms, p_delivery.answer,
      p_delivery.error, p_delivery.sent_at, p_delivery.created_at,
      (
        select j.run_at from public.chat_jobs j
        where j.kind = 'webhook' and j.dedupe_key = p_delivery.id::text and j.state = 'waiting'
      ) as next_at
  ) shown
$$;

comment on function public.inbox_delivery(public.chat_deliveries) is
  'For the service: a delivery as admins see it, with next_at: when it is sent next.';

revoke all on function public.inbox_delivery(public.chat_deliveries) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delivery(public.chat_deliveries) to service_role;

-- Where other systems are told what happens.

create or replace function public.inbox_webhooks(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
begin
  return jsonb_build_object('webhooks', (
    select coalesce(jsonb_agg(public.inbox_webhook(w) order by w.created_at, w.id), '[]') from public.chat_webhooks w
  ));
end
$$;

comment on function public.inbox_webhooks(uuid) is
  'For the service: {webhooks}, the oldest first. Admins only. Raises PT403.';

revoke all on function public.inbox_webhooks(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_webhooks(uuid) to service_role;

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

-- What was sent to a webhook, and how it went.

create or replace function public.inbox_deliveries(
  p_user_id uuid,
  p_id uuid,
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
begin
  if not exists (select from public.chat_webhooks w where w.id = p_id) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('deliveries', (
    select coalesce(jsonb_agg(public.inbox_delivery(d) order by d.created_at desc, d.id desc), '[]')
    from (
      select w.* from public.chat_deliveries w
      where w.webhook_id = p_id
        and (p_before_at is null or (w.created_at, w.id) < (p_before_at, p_before_id))
      order by w.created_at desc, w.id desc
      limit least(greatest(coalesce(p_limit, 50), 1), 200) + 1
    ) d
  ));
end
$$;

comment on function public.inbox_deliveries(uuid, uuid, integer, timestamptz, uuid) is
  'For the service: {deliveries} of a webhook, newest first, before a place; one more than p_limit where there are more. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_deliveries(uuid, uuid, integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_deliveries(uuid, uuid, integer, timestamptz, uuid) to service_role;

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
    )
  )
  from public.chat_deliveries d
  join public.chat_webhooks w on w.id = d.webhook_id
  left join public.chat_activities a on a.id = d.activity_id
  left join public.chat_conversations c on c.id = d.conversation_id
  where d.id = p_id
$$;

comment on function public.webhook_delivery(uuid) is
  'For the service: what is to be sent, whither, and signed with what: {state, attempts, type, rev, round, rule_id, created_at, webhook, activity, contact_id, message}; null where there is no such delivery.';

revoke all on function public.webhook_delivery(uuid) from public, anon, authenticated, service_role;
grant execute on function public.webhook_delivery(uuid) to service_role;

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

-- All secrets, encrypted, so that the service can encrypt them anew when its key has changed.

create or replace function public.webhook_secrets(p_changed jsonb default '[]') returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  update public.chat_webhooks w
    set secret = c.value ->> 'secret', previous_secret = c.value ->> 'previous_secret'
    from jsonb_array_elements(p_changed) c (value)
    where w.id = (c.value ->> 'id')::uuid and w.secret = c.value ->> 'former';
  return jsonb_build_object('webhooks', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', w.id, 'secret', w.secret, 'previous_secret', w.previous_secret
    ) order by w.created_at, w.id), '[]')
    from public.chat_webhooks w
  ));
end
$$;

comment on function public.webhook_secrets(jsonb) is
  'For the service: all secrets, encrypted; with p_changed [{id, secret, previous_secret, former}] those first that are still what they were. Answers {webhooks: [{id, secret, previous_secret}]}.';

revoke all on function public.webhook_secrets(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.webhook_secrets(jsonb) to service_role;

-- What was sent long ago is forgotten, a bounded part a call.

create or replace function public.webhook_tidy(p_days integer default 30, p_limit integer default 1000) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  gone integer;
begin
  delete from public.chat_deliveries d
    where d.id in (
      select o.id from public.chat_deliveries o
      where o.state <> 'waiting' and o.created_at < now() - make_interval(days => p_days)
      order by o.created_at
      limit least(greatest(p_limit, 1), 10000)
      for update skip locked
    );
  get diagnostics gone = row_count;
  -- Nothing is signed with these any more.
  update public.chat_webhooks w
    set previous_secret = null
    where w.previous_secret is not null and w.rotated_at < now() - interval '2 days';
  return jsonb_build_object('gone', gone);
end
$$;

comment on function public.webhook_tidy(integer, integer) is
  'For the service: forgets deliveries that are over and older than so many days, at most p_limit a call; answers {gone}.';

revoke all on function public.webhook_tidy(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.webhook_tidy(integer, integer) to service_role;

-- How much there is to do, and how late it is: numbers for whoever watches.

create or replace function public.jobs_count() returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'kinds', (
      select coalesce(jsonb_object_agg(k.kind, to_jsonb(k) - 'kind'), '{}')
      from (
        select
          j.kind,
          count(*) filter (where j.state = 'waiting') as waiting,
          count(*) filter (where j.state = 'running') as running,
          count(*) filter (where j.state = 'dead') as dead,
          coalesce(
            extract(epoch from now() - min(coalesce(j.lease_until, j.run_at)) filter (
              where j.state <> 'dead' and coalesce(j.lease_until, j.run_at) <= now()
            )), 0
          ) as oldest_seconds
        from public.chat_jobs j
        group by j.kind
      ) k
    ),
    'webhooks', (
      select jsonb_build_object(
        'active', count(*) filter (where w.is_active),
        'failing', count(*) filter (where w.is_active and w.failing_since is not null),
        'disabled', count(*) filter (where not w.is_active)
      )
      from public.chat_webhooks w
    )
  )
$$;

comment on function public.jobs_count() is
  'For the service: {kinds: {kind: {waiting, running, dead, oldest_seconds}}, webhooks: {active, failing, disabled}}; oldest_seconds is how long the one that is due longest has been.';

revoke all on function public.jobs_count() from public, anon, authenticated, service_role;
grant execute on function public.jobs_count() to service_role;
