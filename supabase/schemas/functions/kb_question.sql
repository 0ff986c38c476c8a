-- A question that is to be looked into after its turn, with all that must be known for it. One that nobody waits for any more
-- is dropped here, before anybody pays for its answer.

create or replace function public.kb_question(p_answer_id uuid, p_known_flows text[] default '{}') returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  kept public.kb_answers;
  overtaken text;
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
  return jsonb_build_object(
    'answer_id', kept.id,
    'user_id', kept.user_id,
    'message_id', kept.question_message_id,
    'locale', kept.locale,
    'question', (select m.content from public.chat_messages m where m.id = kept.question_message_id),
    'client_message_id', (select m.client_message_id from public.chat_messages m where m.id = kept.question_message_id),
    'audience', (select case when o.is_guest then 'all' else 'members' end from public.chat_contacts o where o.id = kept.user_id),
    'history', (
      select coalesce(jsonb_agg(jsonb_build_object('role', h.role, 'content', h.content) order by h.seq), '[]')
      from (
        select m.seq, m.role, m.content
        from public.chat_messages m
        where m.user_id = kept.user_id
          and m.conversation_id = kept.conversation_id
          and m.seq < (select q.seq from public.chat_messages q where q.id = kept.question_message_id)
          and m.content is not null
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
