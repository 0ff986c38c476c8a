-- Old rows are held to the rules too: those that both applications obey already, so that nothing changes for either.
-- VALIDATE reads the tables without stopping writers.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_messages validate constraint chat_messages_role_kind;
alter table public.chat_messages validate constraint chat_messages_content_payload;
alter table public.chat_messages validate constraint chat_messages_user_content;
alter table public.chat_messages validate constraint chat_messages_payload_size;
alter table public.chat_messages validate constraint chat_messages_event_size;
alter table public.chat_messages validate constraint chat_messages_answer_size;
alter table public.chat_messages validate constraint chat_messages_user_client_id;
alter table public.chat_messages validate constraint chat_messages_answer_pair;
alter table public.chat_messages validate constraint chat_messages_owner_fkey;
alter table public.chat_messages validate constraint chat_messages_reply_fkey;
alter table public.chat_conversations validate constraint chat_conversations_contact_fkey;
alter table public.chat_conversations validate constraint chat_conversations_message_count;
alter table public.chat_conversations validate constraint chat_conversations_state_size;
alter table public.chat_conversations validate constraint chat_conversations_flow_version_fkey;
