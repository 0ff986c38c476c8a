-- A question that is to be looked into after its turn, with all that must be known for it. One that nobody waits for any more
-- is dropped here, before anybody pays for its answer. Several texts in a row that got no answer yet are one question.

create or replace function public.kb_question(p_answer_id uuid, p_known_flows text[] default '{}') returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  kept public.kb_answers;
  overtaken text;
  asked record;
  -- The last that was said to them before, and the last word of people or about them: what was before that is over.
  answered_seq bigint;
  since_seq bigint;
begin
  select * into kept from public.kb_answers k where k.id = p_answer_id and k.outcome is null;
  if not found then
    return null;
  end if;
  overtaken := public.kb_overtaken(kept);
  if overtaken is not null then
    update public.kb_answers k
      set outcome = 'dropped', reason = overtaken, settled_at = clock_timestamp()
      where k.id = p_answer_id and k.outcome is null;
    return null;
  end if;
  select m.seq, m.client_message_id into asked from public.chat_messages m where m.id = kept.question_message_id;
  select
      coalesce(max(m.seq) filter (
        where (m.role <> 'user' or m.in_reply_to is not null)
          and not coalesce((m.payload ->> 'isLooking')::boolean, false)
          and m.step_id is distinct from 'answers.together'
      ), 0),
      coalesce(max(m.seq) filter (where m.role = 'system' or starts_with(m.step_id, 'handover.')), 0)
    into answered_seq, since_seq
    from public.chat_messages m
    where m.user_id = kept.user_id and m.conversation_id = kept.conversation_id and m.seq < asked.seq;
  return jsonb_build_object(
    'answer_id', kept.id,
    'user_id', kept.user_id,
    'message_id', kept.question_message_id,
    'locale', kept.locale,
    'question', (
      select string_agg(t.content, E'\n' order by t.seq)
      from (
        select m.seq, m.content, sum(char_length(m.content) + 1) over (order by m.seq desc) as size
        from public.chat_messages m
        where m.user_id = kept.user_id
          and m.conversation_id = kept.conversation_id
          and m.role = 'user'
          and m.seq > answered_seq
          and m.seq <= asked.seq
      ) t
      where t.size <= 4001
    ),
    'client_message_id', asked.client_message_id,
    'audience', (select case when o.is_guest then 'all' else 'members' end from public.chat_contacts o where o.id = kept.user_id),
    'history', (
      select coalesce(jsonb_agg(jsonb_build_object('role', h.role, 'content', h.content) order by h.seq), '[]')
      from (
        select m.seq, m.role, m.content
        from public.chat_messages m
        where m.user_id = kept.user_id
          and m.conversation_id = kept.conversation_id
          and m.seq > since_seq
          and m.seq <= answered_seq
          and m.content is not null
          and m.kind <> 'notice'
          and not coalesce((m.payload ->> 'isLooking')::boolean, false)
        order by m.seq desc
        limit 10
      ) h
    ),
    'turn', public.chat_turn_for_service(kept.conversation_id, null, p_known_flows)
  );
end
$$;

comment on function public.kb_question(uuid, text[]) is
  'For the service: a question that waits for its answer, {answer_id, user_id, message_id, client_message_id, question, locale, audience, history, turn}; null where it does not, or no longer.';

revoke all on function public.kb_question(uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.kb_question(uuid, text[]) to service_role;
