-- A message belongs to its conversation's owner, and what it answers is in the same conversation.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_messages
  add constraint chat_messages_owner_fkey
    foreign key (user_id, conversation_id) references public.chat_conversations (user_id, id)
    on update cascade on delete cascade not valid,
  add constraint chat_messages_reply_fkey
    foreign key (conversation_id, in_reply_to) references public.chat_messages (conversation_id, id) not valid;
