-- What makes a message one of a kind. The owner leads, because every policy asks for it first; it depends on the
-- conversation, so that a key with it is as strict as one without.

create unique index if not exists chat_messages_seq_key
  on public.chat_messages (user_id, conversation_id, seq);
create unique index if not exists chat_messages_client_key
  on public.chat_messages (conversation_id, client_message_id);
create unique index if not exists chat_messages_reply_key
  on public.chat_messages (conversation_id, in_reply_to);
create unique index if not exists chat_messages_conversation_key
  on public.chat_messages (conversation_id, id);
create index if not exists chat_messages_unread_idx
  on public.chat_messages (user_id, conversation_id, seq) where role = 'bot';

alter table public.chat_messages
  add constraint chat_messages_owner_fkey
    foreign key (user_id, conversation_id) references public.chat_conversations (user_id, id)
    on delete cascade not valid,
  add constraint chat_messages_reply_fkey
    foreign key (conversation_id, in_reply_to) references public.chat_messages (conversation_id, id) not valid;
