-- What is done once a period: the service's alone.

alter table public.chat_ticks enable row level security;

revoke all on public.chat_ticks from public, anon, authenticated, service_role;
grant select, insert, update on public.chat_ticks to service_role;
