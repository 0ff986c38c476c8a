-- Webhooks: the service's alone.

alter table public.chat_webhooks enable row level security;

revoke all on public.chat_webhooks from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_webhooks to service_role;
