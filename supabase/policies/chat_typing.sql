-- Who types: the service's alone.

alter table public.chat_typing enable row level security;

revoke all on public.chat_typing from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_typing to service_role;
