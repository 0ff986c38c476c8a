-- The check that came with the last step. VALIDATE reads the table without stopping writers.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_activities validate constraint chat_activities_data;
