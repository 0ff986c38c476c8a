-- The assistant's settings: the service adds versions, nobody changes one.

alter table public.kb_assistant enable row level security;

revoke all on public.kb_assistant from public, anon, authenticated, service_role;
grant select, insert on public.kb_assistant to service_role;
