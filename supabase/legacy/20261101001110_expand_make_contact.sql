-- From here on a conversation's owner becomes a contact, whichever application writes.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- The legacy client may leave the owner out, or name another one later. The contract step takes both exceptions away.
create trigger make_contact before insert or update of user_id on public.chat_conversations
  for each row when (new.user_id is not null) execute function private.make_contact();
