-- Conversations: their owner sees them and begins them. Everything else is the service's.

alter table public.chat_conversations enable row level security;

revoke all on public.chat_conversations from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, user_id, status, created_at, client_conversation_id, flow_version, state, state_version, last_seq,
  handled_seq, message_count, last_message_at, handling, channel, rev, agent, rating, rating_asked_at, change_turn_id
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
