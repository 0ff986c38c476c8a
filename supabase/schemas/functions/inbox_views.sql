-- What each view of the inbox holds, as a condition on chat_desk d; $1 is the operator who asks.

create or replace function public.inbox_views() returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'waiting', 'd.status = ''open'' and d.handling = ''waiting'' and ' || w.awake,
    'mine', 'd.status = ''open'' and d.assignee_id = $1 and ' || w.awake,
    'unassigned', 'd.pile = ''people'' and d.assignee_id is null and ' || w.awake,
    'open', 'd.pile = ''people'' and ' || w.awake,
    'bot', 'd.pile = ''bot''',
    'snoozed', 'd.status = ''open'' and d.snoozed_until is not null and d.snoozed_until > now()',
    'completed', 'd.pile = ''completed''',
    'all', 'true'
  )
  from (select '(d.snoozed_until is null or d.snoozed_until <= now())' as awake) w
$$;

comment on function public.inbox_views() is
  'For the service, inside other functions: by the name of a view, its condition on chat_desk d, where $1 is the operator who asks.';

revoke all on function public.inbox_views() from public, anon, authenticated, service_role;
grant execute on function public.inbox_views() to service_role;
