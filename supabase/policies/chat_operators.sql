-- Operators: the service's alone. Nobody is deleted: what they wrote names them.

alter table public.chat_operators enable row level security;

revoke all on public.chat_operators from public, anon, authenticated, service_role;
grant select, insert, update on public.chat_operators to service_role;
