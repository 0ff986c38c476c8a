-- few rows are expected

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

-- Said twice, so that the planner expects few rows: without statistics it takes each owner for one of 200, and would rather
-- walk everybody's rows in the order that is asked for, until one of the owner's comes.
drop policy if exists select_own on public.chat_conversation_reads;
create policy select_own on public.chat_conversation_reads for select to authenticated
  using (
    user_id = (select auth.uid()) and user_id between (select auth.uid()) and (select auth.uid())
  );

drop policy if exists insert_own on public.chat_conversation_reads;
create policy insert_own on public.chat_conversation_reads for insert to authenticated
  with check (user_id = (select auth.uid()));

drop policy if exists update_own on public.chat_conversation_reads;
create policy update_own on public.chat_conversation_reads for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

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

-- Said twice, so that the planner expects few rows: without statistics it takes each owner for one of 200, and would rather
-- walk everybody's rows in the order that is asked for, until one of the owner's comes.
drop policy if exists select_own on public.chat_conversations;
create policy select_own on public.chat_conversations for select to authenticated
  using (
    user_id = (select auth.uid()) and user_id between (select auth.uid()) and (select auth.uid())
  );

drop policy if exists insert_own on public.chat_conversations;
create policy insert_own on public.chat_conversations for insert to authenticated
  with check (user_id = (select auth.uid()) and status = 'open');

-- Inquiries: a member sees the forms that they sent. Writing them, and working on them, is the service's.

alter table public.chat_inquiries enable row level security;

revoke all on public.chat_inquiries from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, values, normal, locale, status,
  request_id, created_at, done_at, from_guest
) on public.chat_inquiries to authenticated;
grant select, insert, update, delete on public.chat_inquiries to service_role;

-- Said twice, so that the planner expects few rows: without statistics it takes each owner for one of 200, and would rather
-- walk everybody's rows in the order that is asked for, until one of the owner's comes.
drop policy if exists select_own on public.chat_inquiries;
create policy select_own on public.chat_inquiries for select to authenticated
  using (
    user_id = (select auth.uid()) and user_id between (select auth.uid()) and (select auth.uid())
  );

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

-- Said twice, so that the planner expects few rows: without statistics it takes each owner for one of 200, and would rather
-- walk everybody's rows in the order that is asked for, until one of the owner's comes.
drop policy if exists select_own on public.chat_messages;
create policy select_own on public.chat_messages for select to authenticated
  using (
    user_id = (select auth.uid()) and user_id between (select auth.uid()) and (select auth.uid())
  );

drop policy if exists insert_own on public.chat_messages;
create policy insert_own on public.chat_messages for insert to authenticated
  with check (user_id = (select auth.uid()) and role = 'user' and kind = 'text');
