-- What became of what was imported: the service's alone.

alter table public.kb_import_items enable row level security;

revoke all on public.kb_import_items from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_import_items to service_role;
