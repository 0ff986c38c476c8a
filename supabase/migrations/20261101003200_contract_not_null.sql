-- What must be there, must. A validated check lets SET NOT NULL skip its scan under the exclusive lock.

alter table public.chat_messages
  alter column user_id set not null,
  alter column role set not null,
  alter column kind set not null,
  alter column seq set not null;

alter table public.chat_conversations
  alter column user_id set not null,
  alter column client_conversation_id set not null,
  alter column last_message_at set not null,
  alter column status set default 'open',
  add constraint chat_conversations_status check (status in ('open', 'completed'));
