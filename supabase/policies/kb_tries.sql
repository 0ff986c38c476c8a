-- Tries of the assistant: the service's alone.

alter table public.kb_tries enable row level security;

revoke all on public.kb_tries from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_tries to service_role;
