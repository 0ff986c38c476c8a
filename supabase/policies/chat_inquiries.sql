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
