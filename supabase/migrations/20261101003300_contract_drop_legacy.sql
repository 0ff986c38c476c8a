-- The legacy columns and what only they needed.

alter table public.chat_messages drop column type, drop column is_read;
alter table public.chat_conversations drop column updated_at;

drop index if exists public.chat_messages_conversation_id_created_at_idx;
drop index if exists public.chat_conversations_user_id_idx;
