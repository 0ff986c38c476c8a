-- Canned replies: the service's alone.

alter table public.chat_canned_replies enable row level security;

revoke all on public.chat_canned_replies from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_canned_replies to service_role;
