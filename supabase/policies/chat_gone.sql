-- What was deleted: the service reads it, triggers write it.

alter table public.chat_gone enable row level security;

revoke all on public.chat_gone from public, anon, authenticated, service_role;
grant select on public.chat_gone to service_role;
