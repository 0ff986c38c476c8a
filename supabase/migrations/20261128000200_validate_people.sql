-- The checks that came with the last step. VALIDATE reads the tables without stopping writers.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_conversations
  validate constraint chat_conversations_handling,
  validate constraint chat_conversations_channel,
  validate constraint chat_conversations_agent,
  validate constraint chat_conversations_rating;

alter table public.chat_messages
  validate constraint chat_messages_author,
  validate constraint chat_messages_status;
