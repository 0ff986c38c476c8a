-- From here on the desk follows every conversation, and what happens is told.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

create trigger know_account before insert on public.chat_contacts
  for each row when (new.user_id is not null) execute function private.know_account();

create trigger follow_begun_conversation after insert on public.chat_conversations
  for each row execute function private.follow_conversation();

-- What is no message: place_message has done it for those. And not for what nobody sees: the state of the flow.
create trigger follow_conversation after update on public.chat_conversations
  for each row
  when (
    (old.status, old.handling, old.channel) is distinct from (new.status, new.handling, new.channel)
    or (new.last_seq = old.last_seq
      and (old.rev, old.last_message_at) is distinct from (new.rev, new.last_message_at))
  )
  execute function private.follow_conversation();

create trigger note_gone after delete on public.chat_conversations
  referencing old table as gone for each statement execute function private.note_gone();

create trigger tell_message after insert on public.chat_messages
  referencing new table as said for each statement execute function private.tell_message();
