-- about: a view that shows members everything, by way of another one
-- stops: view last_messages

create view public.all_messages as select id, conversation_id, content, created_at from public.chat_messages;
revoke all on public.all_messages from public, anon, authenticated;
create view public.last_messages as select distinct on (conversation_id) id, conversation_id, content from public.all_messages;
grant select on public.last_messages to authenticated;
