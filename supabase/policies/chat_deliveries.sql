-- Deliveries: the service's alone.

alter table public.chat_deliveries enable row level security;

revoke all on public.chat_deliveries from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_deliveries to service_role;
