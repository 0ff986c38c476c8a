-- A rule is about to act in a conversation: owner, conversation and desk are held, in this order, as by everybody else.

create or replace function public.rule_hold(p_conversation_id uuid) returns bigint
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  counted bigint;
  changes bigint;
begin
  perform from public.chat_contacts p
    where p.id = (select c.user_id from public.chat_conversations c where c.id = p_conversation_id)
    for key share;
  select c.rev into counted from public.chat_conversations c where c.id = p_conversation_id for no key update;
  select d.changes into changes from public.chat_desk d where d.conversation_id = p_conversation_id for update;
  return counted + changes;
end
$$;

comment on function public.rule_hold(uuid) is
  'For the service, inside other functions: locks a conversation and answers its rev as the inbox counts it; null where it is gone.';

revoke all on function public.rule_hold(uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_hold(uuid) to service_role;
