-- The desk: the service's alone. Rows come and go with their conversation, by triggers.

alter table public.chat_desk enable row level security;

revoke all on public.chat_desk from public, anon, authenticated, service_role;
grant select, update on public.chat_desk to service_role;
