-- about: made by hand in the dashboard: nullable flags, other defaults, a key of its own

alter table public.chat_conversations
  alter column created_at set default timezone('utc'::text, now()),
  alter column updated_at drop not null, alter column updated_at drop default,
  alter column user_id set default auth.uid();
alter table public.chat_messages
  alter column is_read drop not null, alter column is_read drop default,
  alter column type set default 'user',
  alter column created_at set default timezone('utc'::text, now());
alter table public.chat_messages rename constraint chat_messages_pkey to messages_pkey;
alter table public.chat_messages rename constraint chat_messages_conversation_id_fkey to messages_to_conversations;
