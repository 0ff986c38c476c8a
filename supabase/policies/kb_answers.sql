-- What questions got: the service's alone.

alter table public.kb_answers enable row level security;

revoke all on public.kb_answers from public, anon, authenticated, service_role;
grant select, insert, update on public.kb_answers to service_role;
