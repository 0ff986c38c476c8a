-- What a rule does, one action after the other. One that fails is undone alone and told by its error; the next one is done
-- all the same. The caller holds owner, conversation and desk.

create or replace function public.rule_do(
  p_rule public.chat_rules,
  p_id uuid,
  p_activity_id uuid,
  p_causes uuid[],
  p_replies jsonb
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  actor constant public.chat_operators := public.rule_actor(p_rule);
  action record;
  before record;
  fault text;
  code text;
  results jsonb := '[]';
begin
  select d.last_message_at, case when d.silent_at = d.last_message_at then d.silent_from else d.last_message_at end as silent_since
    into before
    from public.chat_desk d where d.conversation_id = p_id;
  -- Whatever is told from here on, by whomever, comes of this rule.
  perform set_config('munui.causes', (p_causes || p_rule.id)::text, true);
  for action in
    select a.value as what, a.place - 1 as place from jsonb_array_elements(p_rule.actions) with ordinality a (value, place)
    order by a.place
  loop
    fault := null;
    begin
      perform public.rule_act(actor, p_id, action.what, nullif(p_replies -> action.place::text, 'null'), p_activity_id);
    exception when others then
      get stacked diagnostics code = returned_sqlstate, fault = message_text;
      if code !~ '^PT' then
        -- What another try may mend is no fault of the action.
        if code ~ '^(40|53|55|57|58|XX)' then
          raise;
        end if;
        -- Never what the database says: it may hold what somebody wrote.
        fault := 'internal_' || code;
      end if;
    end;
    results := results || jsonb_build_object(
      'type', action.what -> 'type', 'status', case when fault is null then 'done' else 'failed' end, 'error', fault
    );
  end loop;
  perform set_config('munui.causes', '', true);
  -- What a rule writes ends no silence: else it would set itself off again and again.
  update public.chat_desk d
    set silent_from = before.silent_since, silent_at = d.last_message_at
    where d.conversation_id = p_id and d.last_message_at <> before.last_message_at;
  return results;
end
$$;

comment on function public.rule_do(public.chat_rules, uuid, uuid, uuid[], jsonb) is
  'For the service, inside other functions that hold owner, conversation and desk: does what a rule says; answers [{type, status, error}]. p_replies: by the place of an action, what the flow says to it.';

revoke all on function public.rule_do(public.chat_rules, uuid, uuid, uuid[], jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_do(public.chat_rules, uuid, uuid, uuid[], jsonb) to service_role;
