-- Where a read marker may stand.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

create trigger clamp_read_marker before insert or update on public.chat_conversation_reads
  for each row execute function private.clamp_read_marker();
