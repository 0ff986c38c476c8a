-- What came of a question that was looked into after its turn: said and kept together, once, and only while it is still
-- wanted. What it cost is kept whatever became of it.

create or replace function public.kb_settle(p_answer_id uuid, p_reply jsonb, p_settled jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  kept public.kb_answers;
  overtaken text;
  written jsonb;
begin
  select * into kept from public.kb_answers k where k.id = p_answer_id;
  if not found then
    -- Gone with its account.
    return jsonb_build_object('state', 'dropped');
  end if;
  -- Held in the order in which chat_reply does.
  perform from public.chat_contacts o where o.id = kept.user_id for key share;
  perform from public.chat_conversations c where c.id = kept.conversation_id for no key update;
  select * into kept from public.kb_answers k where k.id = p_answer_id for update;
  if not found then
    return jsonb_build_object('state', 'dropped');
  end if;
  if kept.outcome = 'dropped' and kept.tokens_in is null then
    -- Dropped while somebody looked into it: what that cost is kept all the same.
    update public.kb_answers k
      set model = p_settled ->> 'model',
        tokens_in = (p_settled ->> 'tokens_in')::integer,
        tokens_out = (p_settled ->> 'tokens_out')::integer,
        cost_micros = (p_settled ->> 'cost_micros')::bigint
      where k.id = p_answer_id;
  elsif kept.outcome is null then
    overtaken := public.kb_overtaken(kept);
    if overtaken is null and p_reply is not null then
      -- What the assistant is told now is what it was last looked at for; whoever changes it from here on does so after this.
      if (p_settled ->> 'assistant_version')::integer <> (select max(a.version) from public.kb_assistant a) then
        return jsonb_build_object('state', 'told_anew');
      end if;
      written := public.chat_reply(
        p_user_id => kept.user_id,
        p_conversation_id => kept.conversation_id,
        p_message_id => null,
        p_state_version => kept.state_version,
        p_state => p_reply -> 'state',
        p_status => p_reply ->> 'status',
        p_turns => p_reply -> 'turns',
        p_flow_version => p_reply ->> 'flow_version',
        p_flow => nullif(p_reply -> 'flow', 'null'),
        p_known_flows => array[p_reply ->> 'flow_version'],
        p_change => case when p_settled ->> 'outcome' = 'handed_over' then '{"handling": "waiting", "actor": {"kind": "bot"}}'::jsonb end
      );
      if not (written ->> 'applied')::boolean then
        -- Nobody was faster: that is held here.
        return jsonb_build_object('state', 'withdrawn');
      end if;
    end if;
    update public.kb_answers k
      set outcome = coalesce(k.outcome, 'dropped'),
        reason = coalesce(overtaken, k.reason, p_settled ->> 'reason'),
        settled_at = coalesce(k.settled_at, clock_timestamp()),
        model = p_settled ->> 'model',
        tokens_in = (p_settled ->> 'tokens_in')::integer,
        tokens_out = (p_settled ->> 'tokens_out')::integer,
        cost_micros = (p_settled ->> 'cost_micros')::bigint
      where k.id = p_answer_id
      returning * into kept;
  end if;
  return jsonb_build_object('state', case kept.outcome when 'dropped' then 'dropped' else 'written' end);
end
$$;

comment on function public.kb_settle(uuid, jsonb, jsonb) is
  'For the service: writes what came of a question, {state: written, dropped, withdrawn or told_anew}; again: the same. withdrawn: what it stands on is gone; told_anew: the assistant has other settings than assistant_version. Then nothing was written.';

revoke all on function public.kb_settle(uuid, jsonb, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_settle(uuid, jsonb, jsonb) to service_role;
