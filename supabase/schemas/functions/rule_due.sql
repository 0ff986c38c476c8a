-- What the clock finds for one of the rules that look at it, by its place among them: so no call is long, however many
-- rules there are. Where there is more than one call takes, the next one of the rule goes on from there, round and round:
-- nothing is left out for ever.

create or replace function public.rule_due(
  p_place integer default 0,
  p_looked_at integer default 2000,
  p_found integer default 200
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  rule public.chat_rules;
  measure text;
  looked jsonb;
  due jsonb := '[]';
  reached jsonb := '{}';
begin
  select r.* into rule from public.chat_rules r
    where r.is_active and (r.waiting_minutes is not null or r.silence_minutes is not null)
    order by r.position, r.created_at, r.id
    offset greatest(p_place, 0)
    limit 1;
  if not found then
    return jsonb_build_object('due', due, 'next', null);
  end if;
  foreach measure in array array['waiting', 'silence'] loop
    continue when case measure when 'waiting' then rule.waiting_minutes else rule.silence_minutes end is null;
    looked := public.rule_due_of(
      rule, measure, least(greatest(p_looked_at, 1), 10000), least(greatest(p_found, 1), 1000)
    );
    reached := reached || jsonb_strip_nulls(jsonb_build_object(measure, looked -> 'next'));
    due := due || coalesce((
      select jsonb_agg(found.one || jsonb_build_object('rule', public.rule_row(rule)))
      from jsonb_array_elements(looked -> 'due') found (one)
    ), '[]');
  end loop;
  if reached <> rule.clock then
    -- Somebody who changes the rule at this moment is not waited for.
    update public.chat_rules r
      set clock = reached
      where r.id = (select w.id from public.chat_rules w where w.id = rule.id for no key update skip locked);
  end if;
  return jsonb_build_object('due', due, 'next', p_place + 1);
end
$$;

comment on function public.rule_due(integer, integer, integer) is
  'For the service: {due: [{rule, since, facts}], next}: where the clock may set off the rule at p_place among those that look at it; next is the place after it, null where there is no rule there. At most p_looked_at places are looked at and p_found found.';

revoke all on function public.rule_due(integer, integer, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_due(integer, integer, integer) to service_role;
