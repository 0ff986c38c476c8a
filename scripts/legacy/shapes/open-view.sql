-- about: a view that shows members everything
-- stops: view last_messages

create view public.last_messages as select distinct on (conversation_id) id, conversation_id, content from public.chat_messages;
grant select on public.last_messages to authenticated;
