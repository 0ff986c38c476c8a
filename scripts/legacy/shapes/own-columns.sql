-- about: columns of our names that mean something else
-- stops: column user_id of public.chat_messages
-- stops: column role of public.chat_messages
-- stops: column state of public.chat_conversations

alter table public.chat_messages add column user_id uuid references auth.users (id), add column role text;
alter table public.chat_conversations add column state text;
