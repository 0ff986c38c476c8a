-- who listens is told

-- Who listens is told of what happened, by rows that are written with it: a job for the rules, a delivery and its job for
-- each webhook. Who listens to what stands in chat_listeners; where nobody does, this is one look at an index.

create or replace function private.tell_others() returns trigger
language plpgsql
-- A member causes this and may write neither jobs nor deliveries, so this runs as its owner. Nobody can call it, and it
-- writes of what happened alone.
security definer
set search_path = ''
as $$
begin
  if not exists (select from happened h join public.chat_listeners l on l.type = h.type) then
    return null;
  end if;

  -- All rules together, in their order: so one job an activity.
  insert into public.chat_jobs (kind, payload, dedupe_key, conversation_id, order_key, created_at)
    select
      'rules', jsonb_build_object('activity_id', h.id), h.id::text, h.conversation_id, 'rules',
      -- In the order in which it happened, also within a statement.
      clock_timestamp() + row_number() over (order by h.created_at, h.data -> 'rev', h.id) * interval '1 microsecond'
    from happened h
    where h.conversation_id is not null
      and exists (select from public.chat_listeners l where l.type = h.type and l.rule_id is not null);

  with there as (
    -- One that is deleted at this moment is waited for: else its end would refuse what refers to it, and so what happened.
    select w.id from public.chat_webhooks w
    where w.is_active
      and w.id in (select l.webhook_id from happened h join public.chat_listeners l on l.type = h.type)
    for key share
  ), wanted as (
    select
      l.webhook_id, h.id as activity_id, h.conversation_id, h.type, bool_or(l.channel is not null) as has_content,
      -- A message has a count of its own.
      max(case
        when jsonb_typeof(h.data -> 'rev') = 'number' then (h.data ->> 'rev')::bigint else c.rev
      end) as rev,
      row_number() over (order by h.created_at, h.data -> 'rev', h.id) as place
    from happened h
    join public.chat_listeners l on l.type = h.type
    join there a on a.id = l.webhook_id
    left join public.chat_conversations c on c.id = h.conversation_id
    where l.channel is null or (l.channel = c.channel and h.actor_kind in ('operator', 'rule', 'system'))
    group by l.webhook_id, h.id, h.conversation_id, h.type, h.created_at, h.data
  ), sent as (
    insert into public.chat_deliveries (webhook_id, activity_id, conversation_id, type, has_content, rev)
      select w.webhook_id, w.activity_id, w.conversation_id, w.type, w.has_content, w.rev from wanted w
      returning id, webhook_id, activity_id, conversation_id
  )
  insert into public.chat_jobs (kind, payload, dedupe_key, conversation_id, order_key, max_attempts, created_at)
    select
      'webhook', jsonb_build_object('delivery_id', s.id), s.id::text, s.conversation_id, s.webhook_id::text, 100,
      clock_timestamp() + w.place * interval '1 microsecond'
    from sent s
    join wanted w using (webhook_id, activity_id);
  return null;
end
$$;

comment on function private.tell_others() is
  'Trigger: writes jobs for the rules and deliveries to the webhooks that listen to what happened.';

revoke all on function private.tell_others() from public, anon, authenticated, service_role;

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

create trigger tell_others after insert on public.chat_activities
  referencing new table as happened for each statement execute function private.tell_others();
