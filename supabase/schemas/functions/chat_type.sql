-- That a customer types. It is no change of the conversation: it has no number, and nobody keeps it.

create or replace function public.chat_type(p_user_id uuid, p_conversation_id uuid, p_is_typing boolean) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if not exists (select from public.chat_conversations c where c.id = p_conversation_id and c.user_id = p_user_id) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if exists (select from public.chat_contacts o where o.id = p_user_id and o.blocked_at is not null) then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;

  if p_is_typing then
    insert into public.chat_typing as t (conversation_id) values (p_conversation_id)
      on conflict (conversation_id, operator_id) do update set typed_at = now(), written_at = now()
        where t.written_at <= now() - interval '3 s';
  else
    -- Whoever stops and begins again within the 3 seconds writes no more often than others.
    update public.chat_typing t
      set typed_at = '-infinity'
      where t.conversation_id = p_conversation_id and t.operator_id is null and t.typed_at > now() - interval '8 s';
  end if;
exception when foreign_key_violation then
  -- It was deleted at this moment.
  raise exception using errcode = 'PT404', message = 'not_found';
end
$$;

comment on function public.chat_type(uuid, uuid, boolean) is
  'For the service: notes that the owner of a conversation types, or stopped, at most once in 3 seconds. Raises PT403 and PT404.';

revoke all on function public.chat_type(uuid, uuid, boolean) from public, anon, authenticated, service_role;
grant execute on function public.chat_type(uuid, uuid, boolean) to service_role;
