-- Former articles: the service's alone.

alter table public.kb_versions enable row level security;

revoke all on public.kb_versions from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_versions to service_role;
