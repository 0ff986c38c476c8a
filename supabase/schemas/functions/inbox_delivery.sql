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
