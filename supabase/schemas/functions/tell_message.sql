-- What was said is something that happened. What an operator writes is told by the function that writes it.

create or replace function private.tell_message() returns trigger
language plpgsql
-- A member causes this and may not write activities, so this runs as its owner. Nobody can call it, and it tells of the
-- message that was written.
security definer
set search_path = ''
as $$
begin
  if new.role = 'user' then
    insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
      select
        new.conversation_id, 'message.created',
        case when c.channel <> 'web' then 'api' when o.is_guest then 'guest' else 'member' end,
        new.user_id, o.name,
        jsonb_build_object('messageId', new.id, 'role', new.role, 'kind', new.kind, 'seq', new.seq, 'rev', new.rev)
      from public.chat_conversations c
      left join public.chat_contacts o on o.id = c.user_id
      where c.id = new.conversation_id;
  else
    insert into public.chat_activities (conversation_id, type, actor_kind, data)
      values (
        new.conversation_id, 'message.created', 'bot',
        jsonb_build_object('messageId', new.id, 'role', new.role, 'kind', new.kind, 'seq', new.seq, 'rev', new.rev)
      );
  end if;
  return null;
end
$$;

comment on function private.tell_message() is
  'Trigger: writes the activity message.created for what a customer, the bot or the service said.';

revoke all on function private.tell_message() from public, anon, authenticated, service_role;
