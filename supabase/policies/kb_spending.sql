-- What answers of a model cost: the service's alone. Rows are settled, and forgotten after a year.

alter table public.kb_spending enable row level security;

revoke all on public.kb_spending from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_spending to service_role;
