-- What a customer thought of answers, by the chips under them: the first word counts.

create or replace function public.kb_thought(p_user_id uuid, p_conversation_id uuid, p_after bigint, p_until bigint) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.kb_answers k
    set helpful = m.event ->> 'chip_id' = 'helpful_yes'
    from public.chat_messages m
    where m.user_id = p_user_id
      and m.conversation_id = p_conversation_id
      and m.seq > p_after
      and m.seq <= p_until
      and m.role = 'user'
      and m.event ->> 'chip_id' in ('helpful_yes', 'helpful_no')
      and k.conversation_id = p_conversation_id
      and k.message_id = m.in_reply_to
      and k.outcome = 'answered'
      and k.helpful is null
$$;

comment on function public.kb_thought(uuid, uuid, bigint, bigint) is
  'For the service, inside other functions: keeps what the messages of a conversation after a number, up to another, say of answers.';

revoke all on function public.kb_thought(uuid, uuid, bigint, bigint) from public, anon, authenticated, service_role;
grant execute on function public.kb_thought(uuid, uuid, bigint, bigint) to service_role;
