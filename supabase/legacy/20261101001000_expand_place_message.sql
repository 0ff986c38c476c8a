-- Gives every message of the new application its place.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- Rows of the legacy client have no role yet. They are none of this function's; the contract step takes the condition away.
create trigger place_message before insert on public.chat_messages
  for each row when (new.role is not null) execute function private.place_message();
