-- about: keys that are numbers
-- stops: column id of public.chat_messages
-- rows: none of the sample's fit

drop table public.chat_messages;
create table public.chat_messages (
  id bigint generated always as identity primary key,
  conversation_id uuid not null references public.chat_conversations (id) on delete cascade,
  type text, content text not null, is_read boolean not null default false, created_at timestamptz not null default now());
