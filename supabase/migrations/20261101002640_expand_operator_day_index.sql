-- The conversations of a day, whoever they belong to.

create index concurrently if not exists chat_conversations_created_idx
  on public.chat_conversations (created_at desc, id desc);
