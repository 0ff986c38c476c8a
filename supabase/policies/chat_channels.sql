-- Channels: the service's alone. None is deleted: its conversations name it.

alter table public.chat_channels enable row level security;

revoke all on public.chat_channels from public, anon, authenticated, service_role;
grant select, insert, update on public.chat_channels to service_role;
