-- For databases of before the lines were parted: everything of 202611010… was applied there, contract and all, and the
-- chat is in use. What the main line has since is added, and the main line's history takes the place of the old one.
-- The runner applies it by itself (scripts/migrations/footing.py). Only local databases can be of that kind.
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid, adding-foreign-key-constraint, ban-drop-view, require-concurrent-index-creation

-- stands for: 20261126001400

create schema if not exists guard;
revoke all on schema guard from public, anon, authenticated, service_role;
grant usage on schema guard to anon, authenticated, service_role;
comment on schema guard is 'What is asked before a request. Not exposed: no API calls anything in here by name.';

-- include: ../migrations/20261126000050_default_privileges.sql
-- include: ../migrations/20261126000100_contacts.sql

insert into public.chat_contacts (id, user_id, email, phone)
select u.id, u.id, u.email, u.phone from auth.users u
where exists (select from public.chat_conversations c where c.user_id = u.id);

alter table public.chat_conversations
  drop constraint chat_conversations_user_id_fkey,
  add constraint chat_conversations_contact_fkey
    foreign key (user_id) references public.chat_contacts (id) on delete cascade;
alter table public.chat_messages drop constraint chat_messages_conversation_id_fkey;
alter table public.chat_inquiries add column if not exists from_guest boolean not null default false;
comment on column public.chat_inquiries.from_guest is
  'Sent by a guest, or brought along by one who signed in: among all of these the client id is unique.';
create unique index if not exists chat_inquiries_guest_key
  on public.chat_inquiries (client_inquiry_id) where from_guest or user_id is null;

-- include: ../migrations/20261126000750_no_statistics.sql

-- Functions whose parameters changed would stay beside the new ones.
do $$
declare
  old regprocedure;
begin
  for old in select p.oid from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname like 'chat\_%' loop
    execute format('drop function %s', old);
  end loop;
end
$$;

drop view public.chat_conversation_summaries;

-- include: ../migrations/20261126000700_summaries.sql
-- include: ../migrations/20261126000800_trigger_functions.sql
-- include: ../migrations/20261126001000_turn_functions.sql
-- include: ../migrations/20261126001050_reply_function.sql
-- include: ../migrations/20261126001100_reading_functions.sql
-- include: ../migrations/20261126001200_guest_functions.sql
-- include: ../migrations/20261126001250_operator_functions.sql
-- include: ../migrations/20261126001300_request_guard.sql
-- include: ../migrations/20261126001400_ask_the_guard.sql
-- Rights as they were at that version; later files of the main line change them.

-- Contacts: the service's alone. What members hold of themselves stands in their account and in what they said.

alter table public.chat_contacts enable row level security;

revoke all on public.chat_contacts from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_contacts to service_role;

-- Read markers: each member keeps their own. The owner of a marker is the owner of the conversation, by foreign key.

alter table public.chat_conversation_reads enable row level security;

revoke all on public.chat_conversation_reads from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  conversation_id, user_id, last_read_seq, last_read_at
) on public.chat_conversation_reads to authenticated;
grant insert (conversation_id, last_read_seq) on public.chat_conversation_reads to authenticated;
grant update (last_read_seq) on public.chat_conversation_reads to authenticated;
grant select, insert, update, delete on public.chat_conversation_reads to service_role;

drop policy if exists select_own on public.chat_conversation_reads;
create policy select_own on public.chat_conversation_reads for select to authenticated
  using (user_id = (select auth.uid()));

drop policy if exists insert_own on public.chat_conversation_reads;
create policy insert_own on public.chat_conversation_reads for insert to authenticated
  with check (user_id = (select auth.uid()));

drop policy if exists update_own on public.chat_conversation_reads;
create policy update_own on public.chat_conversation_reads for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

-- The list's view runs with the rights of who asks, so the policies of its tables decide.

revoke all on public.chat_conversation_summaries from public, anon, authenticated, service_role;
grant select on public.chat_conversation_summaries to authenticated, service_role;

-- Conversations: their owner sees them and begins them. Everything else is the service's.

alter table public.chat_conversations enable row level security;

revoke all on public.chat_conversations from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, user_id, status, created_at, client_conversation_id, flow_version, state, state_version, last_seq,
  handled_seq, message_count, last_message_at
) on public.chat_conversations to authenticated;
-- Only the id that the client chose: owner, status and state are not a member's to say.
grant insert (client_conversation_id) on public.chat_conversations to authenticated;
grant select, insert, update, delete on public.chat_conversations to service_role;

drop policy if exists select_own on public.chat_conversations;
create policy select_own on public.chat_conversations for select to authenticated
  using (user_id = (select auth.uid()));

drop policy if exists insert_own on public.chat_conversations;
create policy insert_own on public.chat_conversations for insert to authenticated
  with check (user_id = (select auth.uid()) and status = 'open');

-- Flows: what the bot can say is no secret among members. Written by the service, and never changed.

alter table public.chat_flows enable row level security;

revoke all on public.chat_flows from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  version, definition, created_at
) on public.chat_flows to authenticated;
grant select, insert on public.chat_flows to service_role;

drop policy if exists select_all on public.chat_flows;
create policy select_all on public.chat_flows for select to authenticated using (true);

-- Inquiries: a member sees the forms that they sent. Writing them, and working on them, is the service's.

alter table public.chat_inquiries enable row level security;

revoke all on public.chat_inquiries from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, values, locale, status,
  request_id, created_at, done_at, from_guest
) on public.chat_inquiries to authenticated;
grant select, insert, update, delete on public.chat_inquiries to service_role;

drop policy if exists select_own on public.chat_inquiries;
create policy select_own on public.chat_inquiries for select to authenticated
  using (user_id = (select auth.uid()));

-- Messages: the owner of a conversation reads them all and adds what a user says. Nobody but the service does more.

alter table public.chat_messages enable row level security;

revoke all on public.chat_messages from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, conversation_id, content, created_at, user_id, role, kind, payload, client_message_id, request_id, seq,
  turn_id, step_id, event, in_reply_to, answer, answered_at
) on public.chat_messages to authenticated;
-- Not id, user_id, seq, created_at, turn_id, step_id, payload, answer, answered_at.
grant insert (conversation_id, role, kind, content, client_message_id, request_id, in_reply_to, event)
  on public.chat_messages to authenticated;
grant select, insert, update, delete on public.chat_messages to service_role;

drop policy if exists select_own on public.chat_messages;
create policy select_own on public.chat_messages for select to authenticated
  using (user_id = (select auth.uid()));

drop policy if exists insert_own on public.chat_messages;
create policy insert_own on public.chat_messages for insert to authenticated
  with check (user_id = (select auth.uid()) and role = 'user' and kind = 'text');


create trigger make_contact before insert on public.chat_conversations
  for each row execute function private.make_contact();
