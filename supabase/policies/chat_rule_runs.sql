-- What became of rules: the service's alone. Runs go with their rule and their conversation.

alter table public.chat_rule_runs enable row level security;

revoke all on public.chat_rule_runs from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_rule_runs to service_role;
