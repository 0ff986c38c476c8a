-- A message as operators read it: the columns that its customer reads. A column that the table gets later is nobody's
-- until it is named here.

create or replace function public.inbox_message(p_message public.chat_messages) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select to_jsonb(shown)
  from (
    select
      p_message.id, p_message.conversation_id, p_message.seq, p_message.role, p_message.kind, p_message.content,
      p_message.payload, p_message.client_message_id, p_message.request_id, p_message.in_reply_to, p_message.answer,
      p_message.answered_at, p_message.created_at, p_message.author, p_message.status, p_message.rev
  ) shown
$$;

comment on function public.inbox_message(public.chat_messages) is 'For the service: a message as operators read it.';

revoke all on function public.inbox_message(public.chat_messages) from public, anon, authenticated, service_role;
grant execute on function public.inbox_message(public.chat_messages) to service_role;
