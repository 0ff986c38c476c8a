-- Who looks: the service's alone.

alter table public.chat_presence enable row level security;

revoke all on public.chat_presence from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_presence to service_role;
