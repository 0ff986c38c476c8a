-- Questions that found nothing: the service's alone.

alter table public.kb_misses enable row level security;

revoke all on public.kb_misses from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_misses to service_role;
