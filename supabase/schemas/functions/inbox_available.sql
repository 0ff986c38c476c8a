-- An operator chooses to be online, away or offline; their screen says so again while it is there.

create or replace function public.inbox_available(p_user_id uuid, p_availability text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  if p_availability is null or p_availability not in ('online', 'away', 'offline') then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'availability';
  end if;
  operator := public.inbox_seen(operator.id, p_availability);
  return jsonb_build_object('operator', public.inbox_colleague(operator));
end
$$;

comment on function public.inbox_available(uuid, text) is
  'For the service: sets what an operator chose, and that their screen is there; answers {operator}. Raises PT403, PT422.';

revoke all on function public.inbox_available(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_available(uuid, text) to service_role;
