-- about: a primary key that covers another column, with keys that stand on it
-- stops: constraint chat_conversations_pkey on public.chat_conversations
-- stops: constraint notes_conversation_id_fkey on notes

alter table public.chat_conversations drop constraint chat_conversations_pkey cascade,
  add primary key (id) include (user_id);
alter table public.chat_messages
  add foreign key (conversation_id) references public.chat_conversations (id) on delete cascade;
create table public.notes (conversation_id uuid references public.chat_conversations (id) deferrable);
