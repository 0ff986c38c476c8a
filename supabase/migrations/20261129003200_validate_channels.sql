-- The checks that came with the channels. VALIDATE reads the tables without stopping writers.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_contacts
  validate constraint chat_contacts_channel_id_fkey,
  validate constraint chat_contacts_channel,
  validate constraint chat_contacts_external_id_length;

alter table public.chat_conversations
  validate constraint chat_conversations_channel_handling;
