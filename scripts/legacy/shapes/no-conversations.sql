-- about: messages without a table of conversations
-- stops: table public.chat_conversations
-- stops: table public.chat_messages
-- rows: none of the sample's fit

drop table public.chat_conversations cascade;
insert into public.chat_messages (conversation_id, type, content) values (gen_random_uuid(), 'user', 'whose?');
