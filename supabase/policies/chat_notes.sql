-- Notes: the service's alone.

alter table public.chat_notes enable row level security;

revoke all on public.chat_notes from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_notes to service_role;
