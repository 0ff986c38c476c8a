-- The legacy client's indexes: chat_messages_seq_key and chat_conversations_owner_key do their work.

set lock_timeout = 0;

drop index concurrently if exists public.chat_messages_conversation_id_created_at_idx;
drop index concurrently if exists public.chat_conversations_user_id_idx;
