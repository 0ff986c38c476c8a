-- Messages: the owner of a conversation reads them all and adds what a user says. Nobody but the service does more.

alter table public.chat_messages enable row level security;

revoke all on public.chat_messages from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, conversation_id, content, created_at, user_id, role, kind, payload, client_message_id, request_id, seq,
  turn_id, step_id, event, in_reply_to, answer, answered_at, author, status, rev
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
