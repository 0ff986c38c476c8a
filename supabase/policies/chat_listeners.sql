-- Who listens: the service's alone.

alter table public.chat_listeners enable row level security;

revoke all on public.chat_listeners from public, anon, authenticated, service_role;
grant select, insert, delete on public.chat_listeners to service_role;
