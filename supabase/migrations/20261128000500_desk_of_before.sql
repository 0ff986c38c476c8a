-- The desk of conversations that were there before it. Their triggers are at work by now, so that none is missed; what a
-- writer made meanwhile stays.

insert into public.chat_desk (conversation_id, status, handling, channel, last_message_at)
select c.id, c.status, c.handling, c.channel, coalesce(c.last_message_at, c.created_at, now())
from public.chat_conversations c
where not exists (select from public.chat_desk d where d.conversation_id = c.id)
on conflict do nothing;
