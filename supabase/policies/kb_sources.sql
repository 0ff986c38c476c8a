-- Whence articles came: the service's alone.

alter table public.kb_sources enable row level security;

revoke all on public.kb_sources from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_sources to service_role;
