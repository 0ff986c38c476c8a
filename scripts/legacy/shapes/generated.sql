-- about: a generated column, a publication and a policy elsewhere with columns that go
-- stops: column is_bot of public.chat_messages
-- stops: publication some_columns
-- stops: policy by_type on files

alter table public.chat_messages add column is_bot boolean generated always as (type = 'bot') stored;
create publication some_columns for table public.chat_messages (id, conversation_id, type);
create table public.files (message_id uuid);
create policy by_type on public.files for select using (
  exists (select from public.chat_messages m where m.id = message_id and m.type = 'user'));
