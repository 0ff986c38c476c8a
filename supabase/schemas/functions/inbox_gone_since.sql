-- Since when an operator is away from their screen, or has said so; a time to come while they are there.

create or replace function public.inbox_gone_since(p_operator public.chat_operators) returns timestamptz
language sql
stable
security invoker
set search_path = ''
as $$
  select case when p_operator.is_active and p_operator.user_id is not null
    then least(p_operator.offline_since, coalesce(p_operator.seen_at, p_operator.created_at) + interval '60 seconds')
    -- Who may do nothing is gone, whatever their screen tells.
    else '-infinity'
  end
$$;

comment on function public.inbox_gone_since(public.chat_operators) is
  'For the service, inside other functions: since when an operator counts as offline.';

revoke all on function public.inbox_gone_since(public.chat_operators) from public, anon, authenticated, service_role;
grant execute on function public.inbox_gone_since(public.chat_operators) to service_role;
