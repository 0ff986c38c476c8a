-- about: type and status are enums, and policies, a check, an index, a default and a view speak of them
-- stops: view open_ones
-- stops: column status of public.chat_conversations
-- stops: column type of public.chat_messages
-- stops: column of_people of public.chat_messages
-- stops: constraint who on public.chat_messages

create type public.message_type as enum ('user', 'bot', 'system', 'chips', 'form', 'agent');
create type public.status_type as enum ('active', 'open', 'closed', 'completed', 'archived');
alter table public.chat_messages alter column type type public.message_type using type::public.message_type,
  alter column type set default ('us' || 'er')::public.message_type;
alter table public.chat_conversations alter column status drop default,
  alter column status type public.status_type using status::public.status_type, alter column status set default 'active';
create view public.open_ones with (security_invoker = true) as
  select id from public.chat_conversations where status = 'active';
create policy says_what_people_say on public.chat_messages as restrictive for insert to authenticated, anon
  with check (type = 'user' and exists (
    select from public.chat_conversations c where c.id = conversation_id and c.status in ('active', 'open')));
create policy open_only on public.chat_conversations for delete using (status = 'active');
alter table public.chat_messages add constraint who check (type <> 'agent' or content <> '');
create index bots on public.chat_messages (conversation_id) where type = 'bot';
alter table public.chat_messages add column of_people boolean generated always as (type = 'user') stored;
alter table public.chat_conversations add column is_over boolean generated always as (status = 'closed') stored;
create table public.notes (conversation_id uuid);
alter table public.notes enable row level security;
create policy of_open_ones on public.notes for select using (
  exists (select from public.chat_conversations c where c.id = conversation_id and c.status <> 'archived'));
