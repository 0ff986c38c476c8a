-- Rules: the service's alone.

alter table public.chat_rules enable row level security;

revoke all on public.chat_rules from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_rules to service_role;
