-- Whence deleted articles came: the service's alone.

alter table public.kb_removed enable row level security;

revoke all on public.kb_removed from public, anon, authenticated, service_role;
grant select, insert, delete on public.kb_removed to service_role;
