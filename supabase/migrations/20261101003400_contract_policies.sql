-- Who may do what, from here on. The same statements stand table by table in supabase/policies/, to be read there.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- Conversations: their owner sees them and begins them. Everything else is the service's.

alter table public.chat_conversations enable row level security;

revoke all on public.chat_conversations from public, anon, authenticated, service_role;
grant select on public.chat_conversations to authenticated;
-- Only the id that the client chose: owner, status and state are not a member's to say.
grant insert (client_conversation_id) on public.chat_conversations to authenticated;
grant select, insert, update, delete on public.chat_conversations to service_role;

drop policy if exists select_own on public.chat_conversations;
create policy select_own on public.chat_conversations for select to authenticated
  using (user_id = (select auth.uid()));

drop policy if exists insert_own on public.chat_conversations;
create policy insert_own on public.chat_conversations for insert to authenticated
  with check (user_id = (select auth.uid()) and status = 'open');

-- Of the legacy client.
drop policy if exists update_own on public.chat_conversations;

-- Messages: the owner of a conversation reads them all and adds what a user says. Nobody but the service does more.

alter table public.chat_messages enable row level security;

revoke all on public.chat_messages from public, anon, authenticated, service_role;
grant select on public.chat_messages to authenticated;
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

-- Of the legacy client.
drop policy if exists update_own on public.chat_messages;

-- Read markers: each member keeps their own. The owner of a marker is the owner of the conversation, by foreign key.

alter table public.chat_conversation_reads enable row level security;

revoke all on public.chat_conversation_reads from public, anon, authenticated, service_role;
grant select on public.chat_conversation_reads to authenticated;
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

-- Inquiries: a member sees the forms that they sent. Writing them, and working on them, is the service's.

alter table public.chat_inquiries enable row level security;

revoke all on public.chat_inquiries from public, anon, authenticated, service_role;
grant select on public.chat_inquiries to authenticated;
grant select, insert, update, delete on public.chat_inquiries to service_role;

drop policy if exists select_own on public.chat_inquiries;
create policy select_own on public.chat_inquiries for select to authenticated
  using (user_id = (select auth.uid()));

-- Flows: what the bot can say is no secret among members. Written by the service, and never changed.

alter table public.chat_flows enable row level security;

revoke all on public.chat_flows from public, anon, authenticated, service_role;
grant select on public.chat_flows to authenticated;
grant select, insert on public.chat_flows to service_role;

drop policy if exists select_all on public.chat_flows;
create policy select_all on public.chat_flows for select to authenticated using (true);

-- The list's view runs with the rights of who asks, so the policies of its tables decide.

revoke all on public.chat_conversation_summaries from public, anon, authenticated, service_role;
grant select on public.chat_conversation_summaries to authenticated, service_role;

-- Functions: the first half belongs to members, under RLS; the second to the service alone.

revoke all on function public.chat_turn(uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_turn(uuid, uuid, text[]) to authenticated;

revoke all on function public.chat_turn_for_service(uuid, uuid, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_turn_for_service(uuid, uuid, text[]) to service_role;

revoke all on function public.chat_open(uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_open(uuid, text[]) to authenticated;

revoke all on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[]) to authenticated;

revoke all on function public.chat_preview(uuid, uuid, uuid, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_preview(uuid, uuid, uuid, text[]) to authenticated;

revoke all on function public.chat_list(integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.chat_list(integer, timestamptz, uuid) to authenticated;

revoke all on function public.chat_page(uuid, integer, bigint, bigint) from public, anon, authenticated, service_role;
grant execute on function public.chat_page(uuid, integer, bigint, bigint) to authenticated;

revoke all on function public.chat_mark_read(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.chat_mark_read(uuid, uuid) to authenticated;

revoke all on function public.chat_export() from public, anon, authenticated, service_role;
grant execute on function public.chat_export() to authenticated;

revoke all on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[])
  to service_role;

revoke all on function public.chat_import(uuid, text, jsonb, jsonb, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_import(uuid, text, jsonb, jsonb, uuid) to service_role;

revoke all on function public.chat_submit_inquiry(uuid, text, text, jsonb, text, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_submit_inquiry(uuid, text, text, jsonb, text, uuid) to service_role;

revoke all on function private.place_message() from public, anon, authenticated, service_role;
revoke all on function private.clamp_read_marker() from public, anon, authenticated, service_role;
