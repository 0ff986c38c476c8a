-- Labels: the service's alone.

alter table public.chat_labels enable row level security;

revoke all on public.chat_labels from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_labels to service_role;
