-- The checks that came with the last step. VALIDATE reads the tables without stopping writers.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- What was said before this rule stays said, and nobody edits a message: where some of it shows nothing, the check holds
-- for what is written from now on.
do $$
begin
  alter table public.chat_messages validate constraint chat_messages_user_visible;
exception when check_violation then
  raise warning 'Messages of before show nothing. They stay, and chat_messages_user_visible stays NOT VALID.';
end
$$;
do $$
begin
  alter table public.chat_contacts validate constraint chat_contacts_name_visible;
exception when check_violation then
  raise warning 'Names of before show nothing. They stay, and chat_contacts_name_visible stays NOT VALID.';
end
$$;
