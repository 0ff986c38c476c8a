-- The checks that came back with the last step. VALIDATE reads the tables without stopping writers.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_messages validate constraint chat_messages_content_payload;
alter table public.chat_messages validate constraint chat_messages_user_content;
alter table public.chat_messages validate constraint chat_messages_content_size;
alter table public.chat_messages validate constraint chat_messages_payload_size;
alter table public.chat_messages validate constraint chat_messages_event_size;
alter table public.chat_messages validate constraint chat_messages_answer_size;
alter table public.chat_messages validate constraint chat_messages_answer_pair;
alter table public.chat_conversations validate constraint chat_conversations_state_size;
alter table public.chat_inquiries validate constraint chat_inquiries_values;
