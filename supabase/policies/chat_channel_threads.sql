-- Threads of channels: the service's alone.

alter table public.chat_channel_threads enable row level security;

revoke all on public.chat_channel_threads from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_channel_threads to service_role;
