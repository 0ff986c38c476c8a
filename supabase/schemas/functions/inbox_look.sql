-- An operator looks at a conversation, and at no other; or at none. It also tells that their screen is there.

create or replace function public.inbox_look(p_user_id uuid, p_conversation_id uuid default null) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  if p_conversation_id is not null
    and not exists (select from public.chat_conversations c where c.id = p_conversation_id) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  delete from public.chat_presence p
    where p.operator_id = operator.id and p.conversation_id is distinct from p_conversation_id;
  if p_conversation_id is not null then
    insert into public.chat_presence (operator_id, conversation_id) values (operator.id, p_conversation_id)
      on conflict (operator_id, conversation_id) do update set seen_at = now();
  end if;
  perform public.inbox_seen(operator.id);
exception when foreign_key_violation then
  -- It was deleted at this moment.
  raise exception using errcode = 'PT404', message = 'not_found';
end
$$;

comment on function public.inbox_look(uuid, uuid) is
  'For the service: what an operator looks at, for 60 seconds. Raises PT403, PT404.';

revoke all on function public.inbox_look(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_look(uuid, uuid) to service_role;
