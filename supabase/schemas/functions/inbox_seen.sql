-- An operator's screen tells of itself, and with it the team's: somebody is online for a minute from then on.

create or replace function public.inbox_seen(p_operator_id uuid, p_availability text default null)
returns public.chat_operators
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators;
  online timestamptz;
begin
  update public.chat_operators o
    set seen_at = now(),
      availability = coalesce(p_availability, o.availability),
      offline_since = case when coalesce(p_availability, o.availability) = 'offline' then coalesce(o.offline_since, now()) end
    where o.id = p_operator_id
    returning * into operator;
  select max(o.seen_at) + interval '60 seconds' into online
    from public.chat_operators o
    where o.is_active and o.user_id is not null and o.availability = 'online';
  -- One row for everybody: it is written where it tells something new, not by every screen each time.
  update public.chat_team t
    set online_until = online
    where t.online_until is distinct from online
      and (
        online is null
        or t.online_until is null
        or online not between t.online_until and t.online_until + interval '10 seconds'
      );
  return operator;
end
$$;

comment on function public.inbox_seen(uuid, text) is
  'For the service, inside other functions: an operator''s screen told of itself, and of a choice where there is one.';

revoke all on function public.inbox_seen(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_seen(uuid, text) to service_role;
