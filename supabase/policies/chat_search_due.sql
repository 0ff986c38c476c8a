-- What is to be looked at for the search: the service's alone.

alter table public.chat_search_due enable row level security;

revoke all on public.chat_search_due from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_search_due to service_role;
