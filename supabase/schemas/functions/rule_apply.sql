-- A rule whose condition held is run, exactly once for an activity (p_activity_id), or for a time of waiting or of silence
-- (p_since): the run, everything that the rule does and every activity of it are one transaction.
--
-- It answers with `outcome`: `ran`, `skipped` (its own doing would have set it off, or the chain is too long), `repeated` (it
-- ran before), `gone` (the rule or the conversation is), or `moved`: rule or conversation is not what the condition was
-- looked at for, so it is to be looked at again.

create or replace function public.rule_apply(
  p_rule_id uuid,
  p_version bigint,
  p_conversation_id uuid,
  p_activity_id uuid,
  p_since timestamptz,
  p_rev bigint,
  p_replies jsonb default '{}'
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  longest constant integer := 3;
  rule public.chat_rules;
  rev bigint;
  run_id uuid;
  causes uuid[] := '{}';
  results jsonb := '[]';
  is_skipped boolean;
begin
  -- Owner, conversation, desk, as everybody. Two of the same wait for each other here.
  rev := public.rule_hold(p_conversation_id);
  select * into rule from public.chat_rules r where r.id = p_rule_id and r.is_active for key share;
  if not found or rev is null then
    return jsonb_build_object('outcome', 'gone');
  end if;
  if p_activity_id is not null then
    select a.causes into causes from public.chat_activities a
      where a.id = p_activity_id and a.conversation_id = p_conversation_id;
    if not found then
      return jsonb_build_object('outcome', 'gone');
    end if;
  end if;
  is_skipped := rule.id = any (causes) or cardinality(causes) >= longest;

  insert into public.chat_rule_runs (rule_id, activity_id, conversation_id, since, status)
    select rule.id, p_activity_id, p_conversation_id, case when p_activity_id is null then p_since end,
      case when is_skipped then 'skipped' else 'done' end
    where is_skipped or (rule.version = p_version and rev = p_rev)
    on conflict do nothing
    returning id into run_id;
  if run_id is null then
    return jsonb_build_object('outcome', case
      when exists (
        select from public.chat_rule_runs u
        where u.rule_id = rule.id and u.activity_id = p_activity_id
          or u.rule_id = rule.id and u.conversation_id = p_conversation_id and p_activity_id is null and u.since = p_since
      ) then 'repeated'
      else 'moved'
    end);
  end if;
  if p_activity_id is null then
    -- Of the clock's runs here those that are long over: no time that is still measured began then.
    delete from public.chat_rule_runs u
      where u.rule_id = rule.id
        and u.conversation_id = p_conversation_id
        and u.since is not null
        and u.created_at < now() - interval '30 days'
        and not exists (
          select from public.chat_desk d
          where d.conversation_id = u.conversation_id
            and u.since in (d.waiting_since, d.last_message_at, d.silent_from)
        );
  end if;
  if is_skipped then
    return jsonb_build_object('outcome', 'skipped');
  end if;

  results := public.rule_do(rule, p_conversation_id, p_activity_id, causes, p_replies);
  update public.chat_rule_runs u
    set actions = results,
      status = case when jsonb_path_exists(results, '$[*] ? (@.status == "failed")') then 'partial' else 'done' end
    where u.id = run_id;
  return jsonb_build_object('outcome', 'ran', 'actions', results);
end
$$;

comment on function public.rule_apply(uuid, bigint, uuid, uuid, timestamptz, bigint, jsonb) is
  'For the service: runs a rule of version p_version in a conversation whose rev is p_rev, once; answers {outcome: ran, skipped, repeated, gone or moved, actions}. p_replies: by the place of an action, what the flow says to it.';

revoke all on function public.rule_apply(uuid, bigint, uuid, uuid, timestamptz, bigint, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_apply(uuid, bigint, uuid, uuid, timestamptz, bigint, jsonb) to service_role;
