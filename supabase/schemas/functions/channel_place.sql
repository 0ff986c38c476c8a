-- Which conversation takes what a contact of a channel writes: the single one, where the channel has that; else that of the
-- thread, or without a thread the newest open one. One that is completed is opened again, one that is full makes room.

create or replace function public.channel_place(
  p_channel public.chat_channels,
  p_contact_id uuid,
  p_thread_key text
) returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  place uuid;
  conversation record;
  former uuid;
begin
  if p_channel.single_thread then
    select t.conversation_id into place from public.chat_channel_threads t
      where t.contact_id = p_contact_id and t.is_single;
    if not found then
      -- What there is goes on: the newest open one, or else the newest.
      select c.id into place from public.chat_conversations c
        where c.user_id = p_contact_id
        order by c.status = 'open' desc, c.last_message_at desc, c.id desc
        limit 1;
      update public.chat_channel_threads t set is_single = true
        where t.contact_id = p_contact_id and t.conversation_id = place;
    end if;
  else
    -- When it is to be one again, it is the newest of then.
    update public.chat_channel_threads t set is_single = false where t.contact_id = p_contact_id and t.is_single;
    if p_thread_key is not null then
      select t.conversation_id into place from public.chat_channel_threads t
        where t.contact_id = p_contact_id and t.thread_key = p_thread_key;
    else
      select c.id into place from public.chat_conversations c
        where c.user_id = p_contact_id and c.status = 'open'
        order by c.last_message_at desc, c.id desc
        limit 1
        for no key update;
    end if;
  end if;

  select c.status, c.message_count into conversation from public.chat_conversations c
    where c.id = place
    for no key update;
  if conversation.message_count >= 5000 then
    update public.chat_channel_threads t set is_single = false, thread_key = null
      where t.contact_id = p_contact_id and t.conversation_id = place;
    if conversation.status = 'open' then
      update public.chat_conversations c set status = 'completed', rev = c.rev + 1 where c.id = place;
      perform public.chat_tell(place, 'conversation.completed');
    end if;
    place := null;
  end if;

  if place is null then
    insert into public.chat_conversations (user_id, channel, handling)
      values (p_contact_id, p_channel.id::text, 'waiting')
      returning id into place;
    insert into public.chat_channel_threads (contact_id, conversation_id, thread_key, is_single)
      values (
        p_contact_id, place, case when not p_channel.single_thread then p_thread_key end, p_channel.single_thread
      );
  elsif conversation.status <> 'open' then
    update public.chat_conversations c set status = 'open', handling = 'waiting', agent = null, rev = c.rev + 1
      where c.id = place;
    select d.assignee_id into former from public.chat_desk d where d.conversation_id = place for update;
    update public.chat_desk d set assignee_id = null, assigned_at = null where d.conversation_id = place;
    perform public.chat_tell(
      place, 'conversation.reopened', jsonb_strip_nulls(jsonb_build_object('formerId', former)),
      p_actor => jsonb_build_object('kind', 'api', 'id', p_channel.id, 'name', p_channel.name)
    );
  end if;
  return place;
end
$$;

comment on function public.channel_place(public.chat_channels, uuid, text) is
  'For the service, inside channel_receive, which holds the contact: the open conversation that takes its next message.';

revoke all on function public.channel_place(public.chat_channels, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.channel_place(public.chat_channels, uuid, text) to service_role;
