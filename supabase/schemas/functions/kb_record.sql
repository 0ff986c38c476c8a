-- What a question got is kept, in the transaction in which it is said: once a question. What is yet to be looked into is asked
-- for as a job; what nobody could answer is a miss.

create or replace function public.kb_record(
  p_user_id uuid,
  p_conversation_id uuid,
  p_state_version bigint,
  p_turn jsonb
) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  given constant jsonb := p_turn -> 'knowledge';
  -- A job's turn begins with no message.
  question_id constant uuid := coalesce((p_turn ->> 'message_id')::uuid, (given ->> 'question_id')::uuid);
  kept public.kb_answers;
begin
  insert into public.kb_answers (
    user_id, conversation_id, question_message_id, message_id, locale, mode, outcome, reason, sources, state_version, settled_at
  ) values (
    p_user_id,
    p_conversation_id,
    question_id,
    (given ->> 'message_id')::uuid,
    given ->> 'locale',
    given ->> 'mode',
    given ->> 'outcome',
    given ->> 'reason',
    given -> 'sources',
    p_state_version,
    case when given ->> 'outcome' is not null then clock_timestamp() end
  )
  on conflict (conversation_id, question_message_id) do update
    set message_id = excluded.message_id,
      outcome = excluded.outcome,
      reason = excluded.reason,
      sources = excluded.sources,
      settled_at = excluded.settled_at
    where kb_answers.outcome is null
  returning * into kept;
  if kept.id is null then
    return;
  end if;

  if kept.outcome is null then
    perform public.jobs_add(
      'answer',
      jsonb_build_object(
        'answer_id', kept.id,
        'conversation_id', p_conversation_id,
        'message_id', question_id,
        'state_version', p_state_version
      ),
      question_id::text,
      p_conversation_id
    );
  elsif kept.outcome = 'unknown' and kept.reason is null and given -> 'is_missed' is distinct from 'false' then
    perform public.kb_miss(m.content, kept.locale) from public.chat_messages m where m.id = question_id;
  end if;
end
$$;

comment on function public.kb_record(uuid, uuid, bigint, jsonb) is
  'For the service, inside other functions: keeps what the question of a turn got, asks for a job or keeps a miss.';

revoke all on function public.kb_record(uuid, uuid, bigint, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_record(uuid, uuid, bigint, jsonb) to service_role;
