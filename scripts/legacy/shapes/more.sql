-- about: more columns, indexes, tables that refer to it, a publication, a report, a reader, a webhook, wide checks

alter table public.chat_conversations add column title text, add column assigned_to uuid references auth.users (id),
  add constraint chat_conversations_status_check check (status in ('active', 'open', 'closed', 'completed', 'archived'));
alter table public.chat_messages add column metadata jsonb default '{}', add column rating smallint check (rating < 6),
  add constraint known_types check (type in ('user', 'bot', 'system', 'chips', 'form', 'agent') or type is null);
create index chat_messages_unread on public.chat_messages (conversation_id) where not is_read;
create index on public.chat_messages using gin (to_tsvector('simple', type));
create table public.attachments (
  id bigint generated always as identity primary key,
  message_id uuid references public.chat_messages (id) on delete cascade, url text);
create schema if not exists analytics;
create view analytics.chats_by_day as
  select date_trunc('day', created_at) as day, count(*) from public.chat_conversations group by 1;
create publication live for table public.chat_messages;
do $$ begin if not exists (select from pg_roles where rolname = 'munui_test_analyst') then create role munui_test_analyst; end if; end $$;
grant select on public.chat_messages to munui_test_analyst;
create schema if not exists supabase_functions;
create function supabase_functions.http_request() returns trigger language plpgsql as 'begin return new; end';
create trigger tell_somebody after insert on public.chat_messages
  for each row execute function supabase_functions.http_request('https://example.com', 'POST', '{}', '{}', '1000');
