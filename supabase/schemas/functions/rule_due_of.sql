-- Of one rule, what the clock finds: the next places of an index, newest first, where somebody has waited or nobody has
-- written for as long as the rule says, and where it did not run yet since then. A call is bounded by the places that it
-- looks at and by what it finds; `next` is where it ended, null at the end.

create or replace function public.rule_due_of(
  p_rule public.chat_rules,
  p_measure text,
  p_looked_at integer,
  p_found integer
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  before constant timestamptz := now() - make_interval(
    mins => case p_measure when 'waiting' then p_rule.waiting_minutes else p_rule.silence_minutes end
  );
  after jsonb := p_rule.clock -> p_measure;
  after_at constant timestamptz := coalesce((after ->> 'at')::timestamptz, 'infinity');
  after_id constant uuid := coalesce((after ->> 'id')::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  place record;
  looked_at integer := 0;
  due jsonb := '[]';
begin
  for place in
    select p.since, p.conversation_id, p.snoozed_until
    from (
      (
        select d.waiting_since as since, d.conversation_id, d.snoozed_until
        from public.chat_desk d
        where p_measure = 'waiting'
          and d.waiting_since is not null
          and d.waiting_since <= before
          and (d.waiting_since, d.conversation_id) < (after_at, after_id)
        order by d.waiting_since desc, d.conversation_id desc
        limit p_looked_at
      )
      union all
      (
        select d.last_message_at, d.conversation_id, d.snoozed_until
        from public.chat_desk d
        where p_measure = 'silence'
          and d.pile = 'bot'
          and d.silent_at is distinct from d.last_message_at
          and d.last_message_at <= before
          and (d.last_message_at, d.conversation_id) < (after_at, after_id)
        order by d.last_message_at desc, d.conversation_id desc
        limit p_looked_at
      )
      union all
      (
        select d.last_message_at, d.conversation_id, d.snoozed_until
        from public.chat_desk d
        where p_measure = 'silence'
          and d.pile = 'people'
          and d.silent_at is distinct from d.last_message_at
          and d.last_message_at <= before
          and (d.last_message_at, d.conversation_id) < (after_at, after_id)
        order by d.last_message_at desc, d.conversation_id desc
        limit p_looked_at
      )
      union all
      (
        -- Where a rule was the last to write.
        select d.silent_from, d.conversation_id, d.snoozed_until
        from public.chat_desk d
        where p_measure = 'silence'
          and d.silent_from is not null
          and d.status = 'open'
          and d.silent_at = d.last_message_at
          and d.silent_from <= before
          and (d.silent_from, d.conversation_id) < (after_at, after_id)
        order by d.silent_from desc, d.conversation_id desc
        limit p_looked_at
      )
    ) p
    order by p.since desc, p.conversation_id desc
    limit p_looked_at
  loop
    looked_at := looked_at + 1;
    continue when place.snoozed_until > now() or exists (
      select from public.chat_rule_runs u
      where u.rule_id = p_rule.id and u.conversation_id = place.conversation_id and u.since = place.since
    );
    due := due || jsonb_build_object('since', place.since, 'facts', public.rule_facts(place.conversation_id));
    exit when jsonb_array_length(due) >= p_found;
  end loop;
  return jsonb_build_object('due', due, 'next', case
    when looked_at >= p_looked_at or jsonb_array_length(due) >= p_found
      then jsonb_build_object('at', place.since, 'id', place.conversation_id)
  end);
end
$$;

comment on function public.rule_due_of(public.chat_rules, text, integer, integer) is
  'For the service, inside other functions: {due: [{since, facts}], next}: what the clock finds for a rule by waiting or by silence.';

revoke all on function public.rule_due_of(public.chat_rules, text, integer, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_due_of(public.chat_rules, text, integer, integer) to service_role;
