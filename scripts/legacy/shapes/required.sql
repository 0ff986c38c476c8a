-- about: a column that must be given, and a time that need not
-- stops: column sender of public.chat_messages
-- stops: column created_at of public.chat_messages
-- rows: none of the sample's fit

alter table public.chat_messages add column sender text;
with one as (insert into public.chat_conversations (status) values ('active') returning id)
insert into public.chat_messages (conversation_id, type, content, sender) select id, 'user', 'hi', 'x' from one;
alter table public.chat_messages alter column sender set not null, alter column created_at drop not null;
