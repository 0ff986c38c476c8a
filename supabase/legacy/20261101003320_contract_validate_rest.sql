-- The rules without the exceptions that the legacy client needed hold for every row since the contract step, which looked
-- at them under its lock: here they are read through and called valid, without stopping writers.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_messages validate constraint chat_messages_present;
alter table public.chat_messages validate constraint chat_messages_content_size;
alter table public.chat_conversations validate constraint chat_conversations_present;
alter table public.chat_conversations validate constraint chat_conversations_status;
