-- about: messages in partitions
-- stops: table public.chat_messages
-- stops: constraint chat_messages_pkey on public.chat_messages

drop table public.chat_messages;
create table public.chat_messages (
  id uuid not null default gen_random_uuid(), conversation_id uuid not null references public.chat_conversations (id) on delete cascade,
  type text, content text not null, is_read boolean not null default false, created_at timestamptz not null default now(),
  primary key (id, created_at)) partition by range (created_at);
create table public.chat_messages_all partition of public.chat_messages default;
