-- Contacts: the service's alone. What members hold of themselves stands in their account and in what they said.

alter table public.chat_contacts enable row level security;

revoke all on public.chat_contacts from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_contacts to service_role;
