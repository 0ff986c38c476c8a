-- about: type is an enum
-- stops: column type of public.chat_messages

create type public.message_type as enum ('user', 'bot', 'system', 'chips', 'form', 'agent');
alter table public.chat_messages alter column type type public.message_type using type::public.message_type;
