-- What was said is something that happened. What an operator writes is told by the function that writes it. Which rule
-- speaks, if one does, stands in `munui.speaker` while it writes.

create or replace function private.tell_message() returns trigger
language plpgsql
-- A member causes this and may not write activities, so this runs as its owner. Nobody can call it, and it tells of what
-- was written.
security definer
set search_path = ''
as $$
declare
  speaker constant jsonb := nullif(current_setting('munui.speaker', true), '');
begin
  insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
    select
      m.conversation_id,
      'message.created',
      case
        when m.role = 'system' and speaker is not null then 'rule'
        when m.role <> 'user' then 'bot'
        when c.channel <> 'web' then 'api'
        when o.is_guest then 'guest'
        else 'member'
      end,
      -- What came in by a channel, its key has brought.
      case when m.role = 'system' and speaker is not null then (speaker ->> 'id')::uuid else coalesce(h.id, o.id) end,
      case when m.role = 'system' and speaker is not null then speaker ->> 'name' else coalesce(h.name, o.name) end,
      jsonb_build_object('messageId', m.id, 'role', m.role, 'kind', m.kind, 'seq', m.seq, 'rev', m.rev)
    from said m
    left join public.chat_conversations c on m.role = 'user' and c.id = m.conversation_id
    left join public.chat_contacts o on o.id = c.user_id
    left join public.chat_channels h on c.channel <> 'web' and h.id::text = c.channel
    where m.author is null
    order by m.seq;
  return null;
end
$$;

comment on function private.tell_message() is
  'Trigger: writes the activity message.created for what a customer, the bot, a rule or the service said.';

revoke all on function private.tell_message() from public, anon, authenticated, service_role;
