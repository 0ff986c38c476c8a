-- about: one open conversation for each
-- stops: index public.one_open
-- stops: constraint one_number on public.chat_messages
-- rows: none of the sample's fit

create unique index one_open on public.chat_conversations (user_id, id) where status = 'active';
alter table public.chat_messages add column number integer default 1, add constraint one_number unique (conversation_id, created_at, number);
