-- The desk follows its conversation: what both show is the same, and the live feed learns of every change by `cx` and `rev_cx`.

create or replace function private.follow_conversation() returns trigger
language plpgsql
-- Members cause this and may not see the desk, so this runs as its owner. Nobody can call it, and it writes the row of the
-- conversation that changed.
security definer
set search_path = ''
as $$
declare
  -- Since when somebody is waited for: from the moment that a person is wanted, until it is the bot's again or over.
  waits constant boolean := new.status = 'open' and new.handling = 'waiting';
  over constant boolean := new.status = 'completed' or new.handling = 'bot';
begin
  update public.chat_desk d
    set status = new.status,
      handling = new.handling,
      channel = new.channel,
      last_message_at = coalesce(new.last_message_at, d.last_message_at),
      assignee_id = case when new.handling = 'bot' then null else d.assignee_id end,
      waiting_since = case when over then null when waits then coalesce(d.waiting_since, now()) else d.waiting_since end,
      cx = pg_current_xact_id(),
      rev_cx = pg_current_xact_id()
    where d.conversation_id = new.id
      -- Once in a transaction is enough, unless there is more to say.
      and (
        d.rev_cx <> pg_current_xact_id()
        or (d.status, d.handling, d.channel, d.last_message_at)
          is distinct from (new.status, new.handling, new.channel, coalesce(new.last_message_at, d.last_message_at))
      );
  if not found then
    -- A conversation of before, or one that begins.
    insert into public.chat_desk (conversation_id, status, handling, channel, last_message_at, waiting_since)
      select new.id, new.status, new.handling, new.channel, coalesce(new.last_message_at, now()), case when waits then now() end
      where not exists (select from public.chat_desk d where d.conversation_id = new.id)
      on conflict do nothing;
  end if;

  if tg_op = 'INSERT' then
    insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name)
      select
        new.id, 'conversation.opened',
        case when new.channel <> 'web' then 'api' when o.is_guest then 'guest' else 'member' end,
        coalesce(h.id, new.user_id), coalesce(h.name, o.name)
      from (select) one
      left join public.chat_contacts o on o.id = new.user_id
      left join public.chat_channels h on new.channel <> 'web' and h.id::text = new.channel;
  end if;
  return null;
end
$$;

comment on function private.follow_conversation() is
  'Trigger: keeps the desk of a conversation as the conversation is, and tells that one was opened.';

revoke all on function private.follow_conversation() from public, anon, authenticated, service_role;
