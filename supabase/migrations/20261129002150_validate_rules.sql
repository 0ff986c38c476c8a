-- What came with the last step. VALIDATE reads tables without stopping writers.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_listeners validate constraint chat_listeners_rule_fkey;
alter table public.chat_notes validate constraint chat_notes_author;
