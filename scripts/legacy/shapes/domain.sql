-- about: status is a domain, content a varchar
-- stops: column status of public.chat_conversations
-- stops: column content of public.chat_messages

create domain public.status_word as text check (value in ('active', 'completed', 'closed', 'open', 'archived'));
alter table public.chat_conversations alter column status type public.status_word;
alter table public.chat_messages alter column content type varchar(100000);
