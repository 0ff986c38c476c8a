-- Imports of articles: the service's alone.

alter table public.kb_imports enable row level security;

revoke all on public.kb_imports from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_imports to service_role;
