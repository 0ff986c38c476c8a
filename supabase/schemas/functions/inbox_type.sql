-- An operator types, or has stopped. Written at most once in 3 seconds, and forgotten after 8.

create or replace function public.inbox_type(p_user_id uuid, p_conversation_id uuid, p_is_typing boolean) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  if not exists (select from public.chat_conversations c where c.id = p_conversation_id) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if p_is_typing then
    insert into public.chat_typing as t (conversation_id, operator_id) values (p_conversation_id, operator.id)
      on conflict (conversation_id, operator_id) do update set typed_at = now(), written_at = now()
        where t.written_at <= now() - interval '3 seconds';
  else
    update public.chat_typing t
      set typed_at = '-infinity'
      where t.conversation_id = p_conversation_id and t.operator_id = operator.id and t.typed_at > '-infinity';
  end if;
exception when foreign_key_violation then
  -- It was deleted at this moment.
  raise exception using errcode = 'PT404', message = 'not_found';
end
$$;

comment on function public.inbox_type(uuid, uuid, boolean) is
  'For the service: an operator types in a conversation, or stopped. Raises PT403, PT404.';

revoke all on function public.inbox_type(uuid, uuid, boolean) from public, anon, authenticated, service_role;
grant execute on function public.inbox_type(uuid, uuid, boolean) to service_role;
