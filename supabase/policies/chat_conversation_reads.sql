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
