-- The hours that were: the service reads them, a trigger writes them.

alter table public.chat_hours enable row level security;

revoke all on public.chat_hours from public, anon, authenticated, service_role;
grant select, insert on public.chat_hours to service_role;
