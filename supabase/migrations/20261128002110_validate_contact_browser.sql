-- Reads, and keeps nobody out.

alter table public.chat_contacts validate constraint chat_contacts_user_agent_length;
