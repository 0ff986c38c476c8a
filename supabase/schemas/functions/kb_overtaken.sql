-- Why a question that was looked into is no longer to be answered, in a word; null where it is.

create or replace function public.kb_overtaken(p_answer public.kb_answers) returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select case
    when c.status <> 'open' then 'completed'
    when c.handling <> 'bot' then 'taken_over'
    when exists (
      select from public.chat_messages m
      where m.user_id = c.user_id
        and m.conversation_id = c.id
        and m.role = 'user'
        and m.seq > (select q.seq from public.chat_messages q where q.id = p_answer.question_message_id)
    ) then 'newer_message'
    when c.state_version <> p_answer.state_version then 'moved_on'
  end
  from public.chat_conversations c
  where c.id = p_answer.conversation_id
$$;

comment on function public.kb_overtaken(public.kb_answers) is
  'For the service, inside other functions: completed, taken_over, newer_message or moved_on; null where the answer is still wanted.';

revoke all on function public.kb_overtaken(public.kb_answers) from public, anon, authenticated, service_role;
grant execute on function public.kb_overtaken(public.kb_answers) to service_role;
