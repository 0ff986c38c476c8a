-- Before an account goes, what it has written goes in rounds: no statement grows with it, and no lock is held for long.
-- What a message costs to remove depends on the machine and on what the planner knows (of a table that has grown since it
-- was analysed it may know nothing), so that a round ends by the clock, too, long before who asked gives up.

create or replace function public.chat_forget(p_user_id uuid, p_most_messages integer default 5000) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  most_conversations constant integer := 500;
  -- What may be left to go with the account: Supabase Auth removes it in one statement, which no clock ends.
  most_left constant integer := least(500, p_most_messages);
  most_at_once constant integer := 100;
  most_counted constant integer := 5000;
  ends_at constant timestamptz := clock_timestamp() + interval '1 second';
  place uuid;
  removed integer;
  remains integer;
  removable integer := p_most_messages;
begin
  -- The last of it goes with the account, at one moment: a turn that is under way then finds no account (PT401), and not
  -- an account that has lost its conversation.
  if (select count(*) from (select from public.chat_messages m where m.user_id = p_user_id limit most_left + 1) m) <= most_left
    and (select count(*) from (select from public.chat_conversations c where c.user_id = p_user_id limit most_conversations + 1) c)
      <= most_conversations
  then
    return jsonb_build_object('has_more', false);
  end if;

  for place in
    select c.id from public.chat_conversations c
    where c.user_id = p_user_id
    order by c.last_message_at, c.id
    limit most_conversations
  loop
    -- As everybody who writes: first the conversation, then what is in it.
    perform from public.chat_conversations c where c.id = place for update;
    -- A conversation goes at one moment, if the time is enough for it. From the newest on: what answers goes before what it
    -- answers.
    loop
      delete from public.chat_messages m
        where m.user_id = p_user_id
          and m.conversation_id = place
          and m.seq > coalesce(
            (
              select w.seq from public.chat_messages w
              where w.user_id = p_user_id and w.conversation_id = place
              order by w.seq desc
              offset most_at_once
              limit 1
            ),
            -9223372036854775808
          );
      get diagnostics removed = row_count;
      removable := removable - removed;
      exit when removed < most_at_once or clock_timestamp() >= ends_at;
    end loop;
    select count(*) into remains from (
      select from public.chat_messages m
      where m.user_id = p_user_id and m.conversation_id = place
      limit most_counted
    ) m;
    if remains = 0 then
      delete from public.chat_conversations c where c.id = place and c.user_id = p_user_id;
    else
      -- If nobody comes for the rest, it is still a conversation that can be read and gone on with.
      update public.chat_conversations c set message_count = remains where c.id = place and c.user_id = p_user_id;
    end if;
    exit when removable <= 0 or clock_timestamp() >= ends_at;
  end loop;
  return jsonb_build_object('has_more', true);
end
$$;

comment on function public.chat_forget(uuid, integer) is
  'For the service: removes a bounded part of what a member has written, least recent conversations first, until the rest is little enough to go with the account.';

revoke all on function public.chat_forget(uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.chat_forget(uuid, integer) to service_role;
