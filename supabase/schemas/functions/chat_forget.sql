-- Before an account goes, what it has written goes in rounds: no statement grows with it, and no lock is held for long.

create or replace function public.chat_forget(p_user_id uuid, p_most_messages integer default 5000) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  most_conversations constant integer := 500;
  place uuid;
  removed integer;
  removable integer := p_most_messages;
begin
  -- The last of it goes with the account, at one moment: a turn that is under way then finds no account (PT401), and not
  -- an account that has lost its conversation.
  if (select count(*) from (select from public.chat_messages m where m.user_id = p_user_id limit p_most_messages + 1) m)
      <= p_most_messages
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
    -- A conversation goes at one moment, unless it is longer than any of ours can be. From the newest on: what answers
    -- goes before what it answers.
    delete from public.chat_messages m
      where m.user_id = p_user_id
        and m.conversation_id = place
        and m.seq > coalesce(
          (
            select w.seq from public.chat_messages w
            where w.user_id = p_user_id and w.conversation_id = place
            order by w.seq desc
            offset p_most_messages
            limit 1
          ),
          -9223372036854775808
        );
    get diagnostics removed = row_count;
    delete from public.chat_conversations c
      where c.id = place
        and c.user_id = p_user_id
        and not exists (select from public.chat_messages m where m.user_id = p_user_id and m.conversation_id = place);
    removable := removable - removed;
    exit when removable <= 0;
  end loop;
  return jsonb_build_object('has_more', true);
end
$$;

comment on function public.chat_forget(uuid, integer) is
  'For the service: removes a bounded part of what a member has written, least recent conversations first, until the rest is little enough to go with the account.';

revoke all on function public.chat_forget(uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.chat_forget(uuid, integer) to service_role;
