-- The rules without the exceptions that the legacy client needed. NOT VALID: nothing is read under the lock.
-- The constraint comes back at once, stricter.
-- squawk-ignore-file ban-drop-constraint

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_messages
  drop constraint chat_messages_content_size,
  add constraint chat_messages_content_size check (char_length(content) <= 16000) not valid,
  add constraint chat_messages_present check (
    user_id is not null and role is not null and kind is not null and seq is not null
  ) not valid;

alter table public.chat_conversations
  alter column status set default 'open',
  add constraint chat_conversations_status check (status in ('open', 'completed')) not valid,
  add constraint chat_conversations_present check (
    user_id is not null and client_conversation_id is not null and last_message_at is not null
  ) not valid;
