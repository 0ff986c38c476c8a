-- Inquiries: a member sees the forms that they sent. Writing them, and working on them, is the service's.

alter table public.chat_inquiries enable row level security;

revoke all on public.chat_inquiries from public, anon, authenticated, service_role;
grant select on public.chat_inquiries to authenticated;
grant select, insert, update, delete on public.chat_inquiries to service_role;

drop policy if exists select_own on public.chat_inquiries;
create policy select_own on public.chat_inquiries for select to authenticated
  using (user_id = (select auth.uid()));
