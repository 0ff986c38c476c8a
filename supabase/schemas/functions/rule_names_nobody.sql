-- Whether what actions name is there: labels, operators who may do something, webhooks.

create or replace function public.rule_names_nobody(p_actions jsonb) returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select 'then.' || a.place - 1 || '.' || case a.what ->> 'type'
    when 'assign' then 'operatorId' when 'callWebhook' then 'webhookId' else 'label' end
  from jsonb_array_elements(p_actions) with ordinality a (what, place)
  where case a.what ->> 'type'
    when 'addLabel' then not exists (
      select from public.chat_labels l where lower(l.name) = lower(normalize(a.what ->> 'label'))
    )
    when 'removeLabel' then not exists (
      select from public.chat_labels l where lower(l.name) = lower(normalize(a.what ->> 'label'))
    )
    when 'assign' then not exists (
      select from public.chat_operators o
      where o.id = (a.what ->> 'operatorId')::uuid and o.is_active and o.user_id is not null
    )
    when 'callWebhook' then not exists (
      select from public.chat_webhooks w where w.id = (a.what ->> 'webhookId')::uuid
    )
    else false
  end
  order by a.place
  limit 1
$$;

comment on function public.rule_names_nobody(jsonb) is
  'For the service, inside other functions: the place of the first thing that actions name and that is not there, such as then.0.label; null where all are.';

revoke all on function public.rule_names_nobody(jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_names_nobody(jsonb) to service_role;
